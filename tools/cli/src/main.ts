import { keepCompiled } from '@meshwright/compile-cache';

keepCompiled();
// Only now: what is loaded before is compiled again by each command.
const { ExitCode, processHost, runCli } = await import('./index.ts');

const interruption = new AbortController();
process.once('SIGINT', () => {
  interruption.abort();
  // Whoever presses it twice does not want to wait for an orderly end.
  process.once('SIGINT', () => process.exit(ExitCode.interrupted));
});
// `meshwright … | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(ExitCode.done);
});

process.exitCode = await runCli(process.argv.slice(2), processHost(interruption.signal));
