import { referenceOf, type KubernetesObject } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { diffObjects } from './dry-run.ts';
import { releaseObjects, takeOwnership } from './handover.ts';
import { openInventory, type Inventory } from './inventory.ts';
import { deleteLeftovers } from './leftovers.ts';
import { fieldOwners } from './managed-fields.ts';
import {
  configMap,
  deployment,
  denyInNamespace,
  eventually,
  namespaceObject,
  testClient,
  uniqueName,
} from './test-support/testbed.ts';

let client: ClusterClient;
let namespace: string;
let inventory: Inventory;

beforeEach(async () => {
  client = testClient();
  namespace = uniqueName('handover');
  inventory = openInventory(client, { pattern: namespace });
  await applyObjects(client, [namespaceObject(namespace)], { inventory });
});

async function live(object: KubernetesObject): Promise<KubernetesObject> {
  const found = await client.get(referenceOf(object));
  if (found === undefined) throw new Error(`${object.metadata.name} is gone`);
  return found;
}

async function memberNames(): Promise<string[]> {
  return (await inventory.members()).map(({ object }) => object.name).sort();
}

describe('releaseObjects', () => {
  it('lets an object stay as it is and leave the inventory', async () => {
    const object = { ...configMap(namespace, 'a'), metadata: { name: 'a', namespace, labels: { app: 'x' } } };
    await applyObjects(client, [object, configMap(namespace, 'b')], { inventory });
    await releaseObjects(client, [referenceOf(object)], { inventory });
    expect(await memberNames()).toEqual(['b', namespace]);
    const released = await live(object);
    expect(released).toMatchObject({ data: { a: '1' }, metadata: { labels: { app: 'x' } } });
    expect(released.metadata.labels).toEqual({ app: 'x' });
    expect(released.metadata.annotations).toBeUndefined();
    expect(fieldOwners(released)).toEqual({});
  });

  it('can be repeated, and takes no label from what is not of this inventory', async () => {
    const other = openInventory(client, { pattern: uniqueName('other') });
    const theirs = configMap(namespace, 'theirs');
    const ours = configMap(namespace, 'ours');
    await applyObjects(client, [theirs], { inventory: other });
    await applyObjects(client, [ours], { inventory });
    const references = [theirs, ours, configMap(namespace, 'gone')].map(referenceOf);
    await releaseObjects(client, references, { inventory });
    await releaseObjects(client, references, { inventory });
    expect((await other.members()).map(({ object }) => object.name)).toEqual(['theirs']);
    expect(await memberNames()).toEqual([namespace]);
  });

  it('removes the inventory with its last object', async () => {
    await releaseObjects(client, [referenceOf(namespaceObject(namespace))], { inventory });
    expect(
      await client.get({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'meshwright-system',
        name: namespace,
      }),
    ).toBeUndefined();
    expect(await live(namespaceObject(namespace))).toBeDefined();
  });
});

describe('takeOwnership', () => {
  it('leaves our manager as the only owner, with the same pods, and keeps controllers', async () => {
    const web = deployment(namespace, 'web');
    await client.apply(web, { fieldManager: 'istio-operator' });
    const observed = await eventually(async () => {
      const found = await live(web);
      return (found.status as { readyReplicas?: number } | undefined)?.readyReplicas === 1
        ? found
        : undefined;
    });
    await applyObjects(client, [web], { inventory, force: true });
    await takeOwnership(client, [referenceOf(web)]);
    await takeOwnership(client, [referenceOf(web), referenceOf(deployment(namespace, 'gone'))]);
    const taken = await live(web);
    expect(taken.spec).toEqual(observed.spec);
    const managers = (taken.metadata.managedFields as { manager: string }[]).map(({ manager }) => manager);
    expect([...new Set(managers)].sort()).toEqual(['kube-controller-manager', 'meshwright']);
    const [diff] = await diffObjects(client, [web], { inventory });
    expect(diff).toMatchObject({ change: { change: 'unchanged' } });
  });

  it('takes a field away that only the earlier tool had once the pattern had it and has it no more', async () => {
    const object = configMap(namespace, 'a', { kept: '1', dropped: '2' });
    await client.create(object, { fieldManager: 'helm' });
    await applyObjects(client, [object], { inventory, force: true });
    await takeOwnership(client, [referenceOf(object)]);
    await applyObjects(client, [configMap(namespace, 'a', { kept: '1' })], { inventory });
    expect((await live(object)).data).toEqual({ kept: '1' });
  });

  it('leaves managers alone that are not named', async () => {
    const object = configMap(namespace, 'a');
    await client.create(object, { fieldManager: 'operator' });
    await takeOwnership(client, [referenceOf(object)]);
    expect(fieldOwners(await live(object))).toEqual({ operator: 1 });
    await takeOwnership(client, [referenceOf(object)], { managers: ['operator'] });
    expect(fieldOwners(await live(object))).toEqual({});
  });
});

describe('deleteLeftovers', () => {
  async function leftover(object: KubernetesObject) {
    await client.create(object, { fieldManager: 'mesh' });
    return { ...referenceOf(object), uid: (await live(object)).metadata.uid ?? '' };
  }

  it('deletes what it is told, again without harm, and nothing that was made anew', async () => {
    const a = await leftover(configMap(namespace, 'a'));
    const anew = { ...(await leftover(configMap(namespace, 'b'))), uid: 'another' };
    expect(await deleteLeftovers(client, [a, anew])).toEqual([]);
    expect(await deleteLeftovers(client, [a, anew])).toEqual([]);
    expect(await client.get(a)).toBeUndefined();
    expect(await live(configMap(namespace, 'b'))).toBeDefined();
  });

  it('names what stays, with the reason', async () => {
    const held = configMap(namespace, 'held');
    held.metadata.finalizers = ['example.com/hold'];
    const target = await leftover(held);
    expect(await deleteLeftovers(client, [target], { goneMs: 200 })).toEqual([
      { object: referenceOf(held), reason: 'its deletion is held by the finalizers example.com/hold' },
    ]);
    await client.mergePatch(target, { metadata: { finalizers: null } }, { fieldManager: 'test' });
    const denial = { namespace, resource: 'configmaps', operation: 'DELETE', message: 'stays here' };
    await denyInNamespace(client, denial);
    const [survivor] = await eventually(async () => {
      const survivors = await deleteLeftovers(client, [
        await leftover(configMap(namespace, uniqueName('x'))),
      ]);
      return survivors.length === 0 ? undefined : survivors;
    });
    expect(survivor?.reason).toContain('stays here');
  });
});
