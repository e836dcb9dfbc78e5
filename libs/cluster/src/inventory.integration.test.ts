import { beforeEach, describe, expect, it } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { openInventory, type Inventory } from './inventory.ts';
import { pruneObjects } from './prune.ts';
import { type TargetRecord } from './record.ts';
import { configMap, namespaceObject, testClient, uniqueName } from './test-support/testbed.ts';

const record: TargetRecord = {
  plan: `sha256:${'a'.repeat(64)}`,
  commit: 'c'.repeat(40),
  snapshot: `sha256:${'b'.repeat(64)}`,
  rollout: 'rollout:checkout@cccccccccccc',
  mesh: { type: 'istio', version: '1.31.0', revision: '1-31-0' },
  outcome: 'kept',
  at: 1_700_000_000_000,
};
const held = [{ commit: 'd'.repeat(40), reason: 'istiod did not become ready', at: 1_700_000_000_001 }];

let client: ClusterClient;
let namespace: string;
let inventory: Inventory;

beforeEach(async () => {
  client = testClient();
  namespace = uniqueName('record');
  inventory = openInventory(client, { pattern: namespace });
  await client.create(namespaceObject(namespace), { fieldManager: 'test' });
});

function parent() {
  return client.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'meshwright-system', name: namespace });
}

async function pruneAll(): Promise<void> {
  await pruneObjects(client, await inventory.members(), { inventory, budget: 10 });
}

describe('the record of an inventory', () => {
  it('stays beside what is declared, and the other way round', async () => {
    await applyObjects(client, [configMap(namespace, 'a')], { inventory });
    await inventory.record({ ...record, held });
    await applyObjects(client, [configMap(namespace, 'b')], { inventory });
    expect(await openInventory(testClient(), { pattern: namespace }).readRecord()).toEqual({
      ...record,
      held,
    });
    expect((await inventory.members()).map(({ object }) => object.name).sort()).toEqual(['a', 'b']);
    await inventory.record(record);
    expect(await inventory.readRecord()).toEqual(record);
    expect((await parent())?.data).not.toHaveProperty('held');
  });

  it('outlives the last object while a commit is held, and goes with the last hold', async () => {
    await applyObjects(client, [configMap(namespace, 'a')], { inventory });
    await inventory.record({ ...record, held });
    await pruneAll();
    expect(await inventory.members()).toEqual([]);
    expect(await inventory.readRecord()).toMatchObject({ held });
    await inventory.record(record);
    expect(await parent()).toBeUndefined();
    expect(await inventory.readRecord()).toBeUndefined();
  });

  it('takes up objects again after it had none', async () => {
    await inventory.record({ ...record, held });
    await applyObjects(client, [configMap(namespace, 'a')], { inventory });
    expect(await inventory.members()).toHaveLength(1);
    expect(await inventory.readRecord()).toMatchObject({ held });
  });

  it('keeps nothing where nothing is owned and nothing is held', async () => {
    await inventory.record(record);
    expect(await parent()).toBeUndefined();
  });

  it('goes with the last object when nothing is held', async () => {
    await applyObjects(client, [configMap(namespace, 'a')], { inventory });
    await inventory.record(record);
    await pruneAll();
    expect(await parent()).toBeUndefined();
  });

  it('loses neither a hold nor a declaration when both are written at the same time', async () => {
    await applyObjects(client, [configMap(namespace, 'a')], { inventory });
    const other = openInventory(testClient(), { pattern: namespace });
    await Promise.all([
      inventory.record({ ...record, held }),
      other.declare([configMap('one', 'a')]),
      other.declare([namespaceObject('two')]),
    ]);
    expect(await inventory.readRecord()).toMatchObject({ held });
    expect((await parent())?.metadata.annotations).toMatchObject({
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Namespace',
      'applyset.kubernetes.io/additional-namespaces': ['one', namespace].sort().join(','),
    });
  });
});
