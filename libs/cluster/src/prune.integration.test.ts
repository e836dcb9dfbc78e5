import { referenceOf } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { openInventory, type Inventory } from './inventory.ts';
import { pruneObjects } from './prune.ts';
import {
  configMap,
  denyInNamespace,
  eventually,
  namespaceObject,
  testClient,
  uniqueName,
  widgets,
} from './test-support/testbed.ts';

let client: ClusterClient;
let namespace: string;
let inventory: Inventory;

beforeEach(() => {
  client = testClient();
  namespace = uniqueName('prune');
  inventory = openInventory(client, { pattern: namespace });
});

async function memberNames(): Promise<string[]> {
  const members = await openInventory(testClient(), { pattern: namespace }).members();
  return members.map(({ object }) => `${object.kind} ${object.name}`).sort();
}

describe('pruneObjects', () => {
  it('deletes what is no longer desired, and narrows the inventory', async () => {
    const kept = [namespaceObject(namespace), configMap(namespace, 'kept')];
    await applyObjects(client, [...kept, configMap(namespace, 'gone')], { inventory });
    const members = await inventory.prunable(kept);
    expect(members.map(({ object }) => object.name)).toEqual(['gone']);
    const result = await pruneObjects(client, members, { inventory, budget: 1 });
    expect(result).toMatchObject({ deleted: [{ name: 'gone' }], survivors: [] });
    expect(await memberNames()).toEqual(['ConfigMap kept', `Namespace ${namespace}`]);
  });

  it('takes everything away in the reverse order, and the inventory with it', async () => {
    const { definition, widget } = widgets(namespace);
    await applyObjects(client, [namespaceObject(namespace), configMap(namespace, 'a'), definition, widget], {
      inventory,
    });
    const { deleted, survivors } = await pruneObjects(client, await inventory.prunable([]), {
      inventory,
      budget: 10,
    });
    expect(survivors).toEqual([]);
    expect(deleted.map(({ kind }) => kind)).toEqual([
      'Widget',
      'ConfigMap',
      'CustomResourceDefinition',
      'Namespace',
    ]);
    const parent = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'meshwright-system', name: namespace };
    expect(await client.get(parent)).toBeUndefined();
  });

  it('deletes nothing when the budget is exceeded', async () => {
    await applyObjects(client, [namespaceObject(namespace), configMap(namespace, 'a')], { inventory });
    await expect(
      pruneObjects(client, await inventory.members(), { inventory, budget: 1 }),
    ).rejects.toMatchObject({
      code: 'DELETE_BUDGET_EXCEEDED',
    });
    expect(await memberNames()).toHaveLength(2);
  });

  it('keeps what a finalizer holds in the inventory, and says what holds it', async () => {
    const held = configMap(namespace, 'held');
    held.metadata.finalizers = ['example.com/hold'];
    await applyObjects(client, [namespaceObject(namespace), held], { inventory });
    const members = await inventory.prunable([namespaceObject(namespace)]);
    const { survivors } = await pruneObjects(client, members, { inventory, budget: 5, goneMs: 300 });
    expect(survivors).toEqual([
      { object: referenceOf(held), reason: 'its deletion is held by the finalizers example.com/hold' },
    ]);
    expect(await memberNames()).toContain('ConfigMap held');
    await client.mergePatch(referenceOf(held), { metadata: { finalizers: null } }, { fieldManager: 'test' });
  });

  it('keeps what the server refuses to delete in the inventory', async () => {
    const object = configMap(namespace, 'guarded');
    await applyObjects(client, [namespaceObject(namespace), object, configMap(namespace, 'probe')], {
      inventory,
    });
    await denyInNamespace(client, {
      namespace,
      resource: 'configmaps',
      operation: 'DELETE',
      message: 'stays here',
    });
    const members = (await inventory.members()).filter(({ object: { name } }) => name === 'guarded');
    // The policy is in force a moment after it was stored; until then the probe can be deleted.
    await eventually(async () => {
      await applyObjects(client, [configMap(namespace, 'probe')], { inventory });
      const probe = (await inventory.members()).filter(({ object: { name } }) => name === 'probe');
      const { survivors } = await pruneObjects(client, probe, { inventory, budget: 1 });
      return survivors.length === 1 ? true : undefined;
    });
    const { survivors } = await pruneObjects(client, members, { inventory, budget: 5 });
    expect(survivors[0]?.reason).toContain('stays here');
    expect(await memberNames()).toContain('ConfigMap guarded');
  });

  it('leaves an object alone that was made anew by somebody else', async () => {
    const object = configMap(namespace, 'a');
    await applyObjects(client, [namespaceObject(namespace), object], { inventory });
    const members = await inventory.prunable([namespaceObject(namespace)]);
    await client.delete(referenceOf(object), members[0]?.uid ?? '');
    // Even under our label: the plan was about the object that is gone.
    object.metadata.labels = { 'applyset.kubernetes.io/part-of': inventory.id };
    await client.create(object, { fieldManager: 'somebody' });
    await pruneObjects(client, members, { inventory, budget: 5 });
    expect(await client.get(referenceOf(object))).toBeDefined();
  });

  it('leaves an object alone whose label was taken away', async () => {
    const object = configMap(namespace, 'a');
    await applyObjects(client, [namespaceObject(namespace), object], { inventory });
    const members = await inventory.prunable([namespaceObject(namespace)]);
    const labels = { 'applyset.kubernetes.io/part-of': null };
    await client.mergePatch(referenceOf(object), { metadata: { labels } }, { fieldManager: 'somebody' });
    const { survivors } = await pruneObjects(client, members, { inventory, budget: 5 });
    expect(survivors[0]?.reason).toContain('label');
    expect(await client.get(referenceOf(object))).toBeDefined();
  });

  it('keeps a definition while custom resources of others are left, and a namespace that holds them', async () => {
    const { definition, widget } = widgets(namespace);
    await applyObjects(client, [namespaceObject(namespace), definition, configMap(namespace, 'ours')], {
      inventory,
    });
    await applyObjects(client, [widget]);
    const { deleted, survivors } = await pruneObjects(client, await inventory.members(), {
      inventory,
      budget: 5,
    });
    expect(deleted.map(({ name }) => name)).toEqual(['ours']);
    expect(survivors.map(({ object, reason }) => [object.kind, reason])).toEqual([
      ['CustomResourceDefinition', '1 objects of its kind Widget are left'],
      ['Namespace', 'it holds objects of others: Widget w'],
    ]);
  });
});

describe('openInventory', () => {
  it('does not count what controllers made with a copy of our label', async () => {
    const owner = configMap(namespace, 'owner');
    await applyObjects(client, [namespaceObject(namespace), owner], { inventory });
    const uid = (await client.get(referenceOf(owner)))?.metadata.uid;
    const copy = configMap(namespace, 'copy');
    copy.metadata.labels = { 'applyset.kubernetes.io/part-of': inventory.id };
    copy.metadata.ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    await client.create(copy, { fieldManager: 'controller' });
    expect(await memberNames()).toEqual(['ConfigMap owner', `Namespace ${namespace}`]);
  });

  it('keeps both declarations when two declare at the same time', async () => {
    await Promise.all([
      inventory.declare([configMap('one', 'a')]),
      openInventory(testClient(), { pattern: namespace }).declare([namespaceObject('two')]),
    ]);
    const parent = await client.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'meshwright-system',
      name: namespace,
    });
    expect(parent?.metadata.annotations).toMatchObject({
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Namespace',
      'applyset.kubernetes.io/additional-namespaces': 'one',
    });
  });
});
