import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MeshwrightError, messageOf } from '@meshwright/model';

const execute = promisify(execFile);

/** A program that ran to its end. */
export interface ProgramRun {
  /** From before it was started until it had ended. */
  milliseconds: number;
  stdout: string;
}

export interface ProgramOptions {
  directory?: string;
  /** Default 600. */
  seconds?: number;
  signal?: AbortSignal;
}

/** Runs a program and times it. @throws MeshwrightError INTERNAL with the end of what it said when it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { directory, seconds = 600, signal }: ProgramOptions = {},
): Promise<ProgramRun> {
  const begun = performance.now();
  try {
    const { stdout } = await execute(program, args, {
      timeout: seconds * 1000,
      maxBuffer: 64 * 1024 * 1024,
      ...(directory === undefined ? {} : { cwd: directory }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { milliseconds: performance.now() - begun, stdout };
  } catch (error) {
    signal?.throwIfAborted();
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : messageOf(error);
    const lines = said.trimEnd().split('\n').slice(-20);
    throw new MeshwrightError('INTERNAL', `${program} ${args[0] ?? ''} failed: ${lines.at(-1) ?? ''}`, {
      lines,
    });
  }
}
