import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

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

/** Has Node keep what it compiles for the next command, below a folder that nobody else writes to: it is run as it lies there. */
function keepCompiled(): void {
  const { XDG_CACHE_HOME: given = '' } = process.env;
  try {
    enableCompileCache(join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'meshwright', 'compiled'));
  } catch {
    // Somebody without a home: it takes longer.
  }
}
