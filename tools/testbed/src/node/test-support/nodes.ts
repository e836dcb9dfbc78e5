import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { startTestbed, type Testbed } from '../../testbed.ts';

/** Where the nodes of a test file live. */
export interface Nodes {
  /** A file or folder in the directory of this file's nodes, which is gone after its tests. */
  path: (name: string) => string;
  /** Starts a node, or finds it running. */
  start: (name: string) => Promise<Testbed>;
}

/** Nodes without Temporal in a directory of their own, for the tests of a file. */
export function useNodes(): Nodes {
  let parent = '';
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'node-'));
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));
  const path = (name: string): string => join(parent, name);
  return {
    path,
    start: (name) => startTestbed({ name, profile: 'node', temporal: false, stateDirectory: path(name) }),
  };
}
