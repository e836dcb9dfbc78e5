import { CommanderError, type Command } from '@commander-js/extra-typings';
import { isMeshwrightError, messageOf } from '@meshwright/model';

import type { ProgressReporter } from '../progress/progress.ts';
import { streamProgress } from '../progress/stream-progress.ts';

/** What the process says to its caller. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** `status`: it does not (completely) run. */
  notRunning: 3,
  interrupted: 130,
} as const;

/** What every command has at hand. */
export interface CommandContext {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly progress: ProgressReporter;
  /** Writes a line to the standard output; progress goes to the error stream. */
  readonly print: (line: string) => void;
  /** Sets how the process ends; `done` without it. */
  readonly exitWith: (code: number) => void;
}

/** Runs the command line and gives the exit code. The first Ctrl-C ends what runs in good order, the second at once. */
export async function runProgram(
  createProgram: (context: CommandContext) => Command,
  args: readonly string[],
): Promise<number> {
  const interrupt = new AbortController();
  let code: number = exitCodes.done;
  const onSignal = (): void => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    process.stderr.write('\nstopping; once more ends at once\n');
    interrupt.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const program = createProgram({
      signal: interrupt.signal,
      progress: streamProgress(process.stderr),
      print: (line) => process.stdout.write(`${line}\n`),
      exitWith: (value) => {
        code = value;
      },
    });
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (interrupt.signal.aborted) return exitCodes.interrupted;
    process.stderr.write(explain(error));
    return exitCodes.failed;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** An error as people read it: what happened, where, the lines that belong to it, and the remedy last. */
function explain(error: unknown): string {
  if (!isMeshwrightError(error)) {
    return `error: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`;
  }
  const { where, lines = [], remedy } = error.details;
  const text = [`error: ${error.message}`];
  if (where !== undefined) text.push(`  in ${where}`);
  for (const line of lines) text.push(`  | ${line}`);
  if (remedy !== undefined) text.push(`  ${remedy}`);
  return `${text.join('\n')}\n`;
}
