import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

// Some programs take FORCE_COLOR as a wish for colour whatever it says.
const withoutColor = { NO_COLOR: '1', FORCE_COLOR: undefined };

/**
 * Runs a program of this checkout with its output shown, each line behind the name of what it is run for, since others run
 * at the same time; gives the exit code, 1 when a signal ended it.
 */
export async function run(
  name: string,
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...withoutColor, NX_DAEMON: 'false', NX_TUI: 'false', ...environment },
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        console.log(`${name} | ${line}`);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
