import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WorkflowType } from '@meshwright/model';
import { loadWorkflowBundle } from './load.ts';
import * as workflows from './workflows.ts';

let cacheDirectory: string;

beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'meshwright-bundles-'));
});
afterAll(() => rm(cacheDirectory, { recursive: true }));

it('the file of workflows exports every workflow type by its name, and nothing else', () => {
  expect(Object.keys(workflows).toSorted()).toEqual(Object.values(WorkflowType).toSorted());
});

it('a bundle is built once for the same sources, also when several ask at once, and leaves nothing half-written', async () => {
  const [first, second] = await Promise.all([1, 2].map(() => loadWorkflowBundle({ cacheDirectory })));
  expect(first).toEqual(second);
  const { mtimeMs, size } = await stat(first!.codePath);
  expect(size).toBeGreaterThan(100_000);
  expect(await loadWorkflowBundle({ cacheDirectory })).toEqual(first);
  expect((await stat(first!.codePath)).mtimeMs).toBe(mtimeMs);
  expect(await readdir(cacheDirectory)).toHaveLength(1);
}, 120_000);
