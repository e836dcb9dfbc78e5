import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type MeshCaseResult, nodeCases, noneRun, NotRun } from '@meshwright/plugin-testkit';
import { canRunNode } from '@meshwright/testbed';
import { type MeshEntry, root } from './subjects.ts';

/** What decides on the cases of a real node. */
export interface NodeOptions {
  /** False leaves them out. */
  node: boolean;
  signal: AbortSignal;
}

/** Has the test that leads the mesh on a real node run, where this machine can run one; its output goes to standard error. */
export async function runNode(
  { subject: { dataPlane } }: MeshEntry,
  { node, signal }: NodeOptions,
  { capability = canRunNode, runTest = vitest } = {},
): Promise<MeshCaseResult[]> {
  if ('notTried' in dataPlane) return noneRun(nodeCases, NotRun.noDataPlane, dataPlane.notTried);
  const { triedBy } = dataPlane;
  if (!node)
    return noneRun(nodeCases, NotRun.elsewhere, `left out by --no-node; npm run e2e tries it: ${triedBy}`);
  const able = await capability();
  if (!able.possible) return noneRun(nodeCases, NotRun.noDataPlane, `${able.reason}; ${triedBy} tries it`);
  const code = await runTest(triedBy, signal);
  signal.throwIfAborted();
  return nodeCases.map(({ id, title, level }) =>
    code === 0
      ? { id, title, level, outcome: 'passed' }
      : {
          id,
          title,
          level,
          outcome: 'failed',
          reason: `${triedBy} failed: what it said is on standard error`,
        },
  );
}

/** Runs a test file in a process of its own, which is asked to end when the suite is interrupted; gives its exit code. */
async function vitest(file: string, signal: AbortSignal): Promise<number | null> {
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [program, 'run', '--project', 'e2e-node', file];
  // Detached, so that it hears of an interruption once: at a second it would end without taking its cluster down.
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2], detached: true });
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
