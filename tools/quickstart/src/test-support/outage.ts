import { openProcessGroup, type ProcessStatus } from '@meshwright/testbed';
import { type Scene, until } from './scene.ts';

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
