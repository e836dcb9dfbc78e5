import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { isMissing, readFileIfPresent, writeFileAtomically } from './files.ts';
import type { TemporalEndpoint } from './temporal/dev-server.ts';

/**
 * What a testbed's Kubernetes is: `control-plane` keeps pods ready without running them and needs no rights; `node` runs
 * them, as root on Linux.
 */
export type TestbedProfile = 'control-plane' | 'node';

export interface KubernetesEndpoint {
  readonly kubeconfig: string;
  readonly apiServer: string;
}

/** A process a testbed ends with. */
export interface TestbedOwner {
  readonly pid: number;
  readonly identity: string;
}

/** What is remembered about a testbed, in `<directory>/testbed.json`. */
export interface TestbedState {
  readonly name: string;
  readonly profile: TestbedProfile;
  readonly createdAt: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly owner?: TestbedOwner;
  readonly kubernetes?: KubernetesEndpoint;
  readonly temporal?: TemporalEndpoint;
}

const FILE = 'testbed.json';

/** The state of the testbed in a directory, or nothing when there is none. */
export async function readState(directory: string): Promise<TestbedState | undefined> {
  const text = await readFileIfPresent(join(directory, FILE));
  return text === undefined ? undefined : (JSON.parse(text) as TestbedState);
}

export async function writeState(directory: string, state: TestbedState): Promise<void> {
  await writeFileAtomically(join(directory, FILE), JSON.stringify(state, undefined, 2));
}

/** The directories of all testbeds below a state root. */
export async function testbedDirectories(root: string): Promise<string[]> {
  try {
    const found: string[] = [];
    for (const entry of await readdir(root, { withFileTypes: true })) {
      const directory = join(root, entry.name);
      if (entry.isDirectory() && (await readState(directory)) !== undefined) found.push(directory);
    }
    return found.sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
