import { type KubernetesObject } from '@meshwright/model';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { applyObjects } from './apply.ts';
import { releaseObjects } from './handover.ts';
import { openInventory } from './inventory.ts';
import { pruneObjects } from './prune.ts';
import { type TargetRecord } from './record.ts';
import { Fault, memoryApi } from './test-support/memory-api.ts';

const faults = fc.array(fc.constantFrom(...Object.values(Fault)), { minLength: 1, maxLength: 30 });

const record: TargetRecord = {
  plan: `sha256:${'a'.repeat(64)}`,
  commit: 'c'.repeat(40),
  snapshot: `sha256:${'b'.repeat(64)}`,
  rollout: 'rollout:checkout@cccccccccccc',
  mesh: { type: 'istio', version: '1.31.0', revision: '1-31-0' },
  outcome: 'rolled-back',
  at: 1,
  held: [{ commit: 'c'.repeat(40), reason: 'it failed', at: 1 }],
};

function configMap(name: string, value: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns' }, data: { value } };
}

/** Pauses of no length: how long to wait has a test of its own. */
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

describe('whatever goes wrong with requests, before or after the server has done the work', () => {
  it('an apply ends with what was asked for, and the inventory covers it at every moment', async () => {
    await fc.assert(
      fc.asyncProperty(faults, async (sequence) => {
        const { client, objects } = await memoryApi(sequence.values());
        const inventory = openInventory(client, { pattern: 'checkout' });
        const desired = ['a', 'b', 'c'].map((name) => configMap(name, '1'));
        await applyObjects(client, desired, {
          inventory,
          concurrency: 1,
          onProgress: () => {
            expect(objects.get('meshwright-system/checkout')?.metadata.annotations).toMatchObject({
              'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap',
            });
          },
        });
        await applyObjects(client, [configMap('b', '2')], { inventory, concurrency: 1 });
        expect(['a', 'b', 'c'].map((name) => objects.get(`ns/${name}`)?.data)).toEqual([
          { value: '1' },
          { value: '2' },
          { value: '1' },
        ]);
        expect(await inventory.members()).toHaveLength(3);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('pruning ends with nothing left, and with what is not ours untouched', async () => {
    await fc.assert(
      fc.asyncProperty(faults, async (sequence) => {
        const waiting: Fault[] = [];
        const { client, objects } = await memoryApi({
          next: () => ({ value: waiting.shift() ?? Fault.none }),
        });
        const inventory = openInventory(client, { pattern: 'checkout' });
        await client.create(configMap('theirs', '1'), { fieldManager: 'somebody' });
        await applyObjects(
          client,
          ['a', 'b'].map((name) => configMap(name, '1')),
          { inventory },
        );
        const members = await inventory.members();
        waiting.push(...sequence);
        const { survivors } = await pruneObjects(client, members, { inventory, budget: 2, concurrency: 1 });
        expect(survivors).toEqual([]);
        expect([...objects.keys()]).toEqual(['ns/theirs']);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('a hold is written down once and survives the release of everything', async () => {
    await fc.assert(
      fc.asyncProperty(faults, async (sequence) => {
        const { client, objects } = await memoryApi(sequence.values());
        const inventory = openInventory(client, { pattern: 'checkout' });
        const object = configMap('a', '1');
        await applyObjects(client, [object], { inventory, concurrency: 1 });
        await inventory.record(record);
        await releaseObjects(client, [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns', name: 'a' }], {
          inventory,
        });
        expect(await inventory.readRecord()).toEqual(record);
        expect(await inventory.members()).toEqual([]);
        expect(objects.get('ns/a')).toMatchObject({ data: { value: '1' } });
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
