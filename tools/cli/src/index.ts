export { runCli } from './cli.ts';
export { ExitCode } from './exit-code.ts';
export { type Host, type Output, processHost } from './host.ts';
