import { execute } from '../processes/execute.ts';

const SECONDS = 60;

/**
 * Runs a program to its end, within a minute unless said otherwise, and gives what it printed.
 *
 * @throws MeshwrightError as `execute` does.
 */
export function run(program: string, args: readonly string[], seconds = SECONDS): Promise<string> {
  return execute(program, args, { seconds });
}
