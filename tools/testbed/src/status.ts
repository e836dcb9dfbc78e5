import { openProcessGroup, type ProcessStatus } from './processes/process-group.ts';
import { stateRoot } from './paths.ts';
import { processIdentity } from './processes/identity.ts';
import { readState, testbedDirectories, type TestbedState } from './state.ts';
import { stopTestbed, testbedDirectory, whatRuns } from './testbed.ts';

/** A testbed as it is now. */
export interface TestbedStatus extends TestbedState {
  readonly directory: string;
  /** All of it runs, none, or some. */
  readonly state: 'running' | 'stopped' | 'degraded';
  readonly processes: readonly ProcessStatus[];
}

/** The status of one testbed, or nothing when there is none of that name. */
export async function testbedStatus(
  name: string,
  stateDirectory?: string,
): Promise<TestbedStatus | undefined> {
  return statusIn(testbedDirectory(name, stateDirectory));
}

/** All testbeds of this user, by name. */
export async function listTestbeds(root: string = stateRoot()): Promise<TestbedStatus[]> {
  const statuses: TestbedStatus[] = [];
  for (const directory of await testbedDirectories(root)) {
    const status = await statusIn(directory);
    if (status !== undefined) statuses.push(status);
  }
  return statuses;
}

/** The log file of one program of a testbed. */
export function testbedLog(name: string, program: string, stateDirectory?: string): string {
  return openProcessGroup(testbedDirectory(name, stateDirectory)).logPath(program);
}

/** Stops and removes testbeds that belonged to a process that is gone, and gives their names. */
export async function clearAbandonedTestbeds(root: string = stateRoot()): Promise<string[]> {
  const cleared: string[] = [];
  for (const directory of await testbedDirectories(root)) {
    const state = await readState(directory);
    if (state?.owner === undefined) continue;
    if ((await processIdentity(state.owner.pid)) === state.owner.identity) continue;
    await stopTestbed(state.name, { stateDirectory: directory, remove: true });
    cleared.push(state.name);
  }
  return cleared;
}

async function statusIn(directory: string): Promise<TestbedStatus | undefined> {
  const state = await readState(directory);
  if (state === undefined) return undefined;
  const group = openProcessGroup(directory);
  const processes = await group.list();
  const runs = await whatRuns(group, state);
  const complete =
    (state.kubernetes === undefined || runs.kubernetes) && (state.temporal === undefined || runs.temporal);
  const any = processes.some(({ running }) => running);
  return { ...state, directory, processes, state: !any ? 'stopped' : complete ? 'running' : 'degraded' };
}
