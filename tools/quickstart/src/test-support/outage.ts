import { openProcessGroup, type ProcessStatus } from '@meshwright/testbed';
import { expect } from 'vitest';
import { readInventory } from './cluster.ts';
import type { Committed } from './patterns-repository.ts';
import { untilEnded, why } from './rollouts.ts';
import { type Scene, until } from './scene.ts';

/** As long as the outages are that people know: a restart of an API server, a switch of a database. */
export const minute = 60_000;

/** The install succeeds, and everything of its plan is there. */
export async function expectInstalled(scene: Scene, committed: Committed): Promise<void> {
  const { execution, status } = await untilEnded(scene, committed);
  expect([execution, status.phase]).toEqual(['COMPLETED', 'succeeded']);
  const inventory = await readInventory(scene, committed.pattern);
  expect(inventory?.declared).toEqual(inventory?.needed);
  expect(inventory?.members).toHaveLength(status.targets[0]?.plan?.counts.create ?? 0);
}

/** Waits for what `meshwright why` is expected to say. */
export async function untilSaid(scene: Scene, committed: Committed, words: RegExp): Promise<void> {
  await until(`meshwright why to say ${words}`, async () =>
    words.test(await why(scene, committed)) ? true : undefined,
  );
}

/** Freezes a program of the testbed: connections to it stay open and nothing answers. */
export async function whileFrozen<T>(scene: Scene, program: string, work: () => Promise<T>): Promise<T> {
  const { pid } = await programOf(scene, program);
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Ends a program of the testbed, and starts it again as it was when the work is done, until it answers. */
export async function whileAway<T>(scene: Scene, program: string, work: () => Promise<T>): Promise<T> {
  const { name, command, args } = await programOf(scene, program);
  const group = openProcessGroup(scene.testbed.directory);
  await group.stop(name);
  try {
    return await work();
  } finally {
    await group.start({ name, command, args });
    await until('everything to answer again', () => answers(scene));
  }
}

async function programOf({ testbed }: Scene, program: string): Promise<ProcessStatus> {
  const programs = await openProcessGroup(testbed.directory).list();
  const found = programs.find(({ name, running }) => name === program && running);
  if (found === undefined) throw new Error(`${program} does not run.`);
  return found;
}

async function answers({ kubectl, temporal }: Scene): Promise<true> {
  await kubectl('get', '--raw', '/readyz');
  await temporal.client.connection.workflowService.getSystemInfo({});
  return true;
}
