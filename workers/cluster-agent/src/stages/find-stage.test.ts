import { digestOfJson, type EvidenceStore } from '@meshwright/evidence';
import type { Digest } from '@meshwright/model';
import { expect, it } from 'vitest';
import { findPlan, findStage } from './find-stage.ts';

/** A store that counts what is read of it. */
function storeOf(...plans: object[]) {
  const reads: Digest[] = [];
  const known = new Map(plans.map((plan) => [digestOfJson(plan), JSON.stringify(plan)]));
  const getJson = <T>(digest: Digest): Promise<T> => {
    reads.push(digest);
    return Promise.resolve(JSON.parse(known.get(digest) ?? 'null') as T);
  };
  return { evidence: { getJson } as unknown as EvidenceStore, reads };
}

function planFor(cluster: string, stages: string[] = [], formatVersion = 3) {
  return { cluster, formatVersion, stages: stages.map((id) => ({ id })), rollback: [{ id: 'undo-a' }] };
}

it('reads the plan of a change once for all of its stages', async () => {
  const plan = planFor('east', ['a', 'b']);
  const { evidence, reads } = storeOf(plan);
  const input = { cluster: 'east', plan: digestOfJson(plan) };
  const first = await findStage({ ...input, stage: 'a' }, evidence);
  const second = await findStage({ ...input, stage: 'undo-a' }, evidence);
  expect([first.stage.id, first.isUndo, second.stage.id, second.isUndo]).toEqual([
    'a',
    false,
    'undo-a',
    true,
  ]);
  expect(second.plan).toBe(first.plan);
  expect(reads).toHaveLength(1);
});

it('reads another plan, also between the stages of a change on another cluster', async () => {
  const [east, west, next] = [planFor('east'), planFor('west'), planFor('east', ['a'])];
  const { evidence, reads } = storeOf(east, west, next);
  const kept: unknown[] = [];
  for (const plan of [east, west, east, west, next, east]) {
    const found = await findPlan({ cluster: plan.cluster, plan: digestOfJson(plan) }, evidence);
    expect(found).toEqual(plan);
    kept.push(found);
  }
  expect(kept).toHaveLength(6);
  expect(reads).toEqual([east, west, next, east].map(digestOfJson));
});

it.each([
  ['another cluster', planFor('west'), 'is for cluster west'],
  ['another format', planFor('east', [], 2), 'is of format 2'],
])('refuses the plan of %s each time', async (_what, plan, message) => {
  const { evidence } = storeOf(plan);
  const input = { cluster: 'east', plan: digestOfJson(plan) };
  for (let time = 0; time < 2; time += 1) {
    await expect(findPlan(input, evidence)).rejects.toThrow(message);
  }
});
