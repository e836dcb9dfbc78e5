import { MeshwrightError } from '@meshwright/model';
import type { LoadContext, ProgramResult } from './load.ts';

const mostLines = 5;

/**
 * Runs the program of a generator to its end.
 * @throws MeshwrightError LOAD_FAILED when it ended with an error or told nothing, with the last lines of what it said.
 */
export async function runGenerator(
  program: string,
  args: readonly string[],
  { programs, signal }: LoadContext,
  { address, files = {} }: { address: string; files?: Readonly<Record<string, string>> },
): Promise<ProgramResult> {
  const ended = await programs.run(program, args, { signal, files });
  if (ended.exitCode === 0 && ended.stdout.trim() !== '') return ended;
  throw new MeshwrightError('LOAD_FAILED', `${program} ended with ${ended.exitCode}.`, {
    where: address,
    lines: ended.stderr.trim().split('\n').slice(-mostLines),
    remedy: 'See whether the address is right and something listens there.',
  });
}
