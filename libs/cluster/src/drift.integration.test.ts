import { referenceOf, type KubernetesObject, type MeshwrightError } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { diffObjects, type DiffOptions, type ObjectDiff } from './dry-run.ts';
import { releaseObjects } from './handover.ts';
import { openInventory, type Inventory } from './inventory.ts';
import { configMap, deployment, namespaceObject, testClient, uniqueName } from './test-support/testbed.ts';

let client: ClusterClient;
let namespace: string;
let inventory: Inventory;

beforeEach(async () => {
  client = testClient();
  namespace = uniqueName('drift');
  inventory = openInventory(client, { pattern: namespace });
  await applyObjects(client, [namespaceObject(namespace)], { inventory });
});

async function diffOne(object: KubernetesObject, options: DiffOptions = {}): Promise<ObjectDiff> {
  const [diff] = await diffObjects(client, [object], { inventory, ...options });
  if (diff === undefined) throw new Error('there is no diff');
  return diff;
}

describe('diffObjects', () => {
  it('says who drifted a field, how it was and what takes it back', async () => {
    const web = deployment(namespace, 'web');
    await applyObjects(client, [web], { inventory });
    await client.mergePatch(referenceOf(web), { spec: { replicas: 0 } }, { fieldManager: 'kubectl-scale' });
    const { change, previous, foreign } = await diffOne(web, { force: true });
    expect(change).toMatchObject({
      change: 'update',
      fields: [{ path: '/spec/replicas', before: 0, after: 1, driftedBy: ['kubectl-scale'] }],
      owners: { before: { 'kubectl-scale': 1 } },
    });
    expect(change.owners?.after).not.toHaveProperty('kubectl-scale');
    expect(foreign).toBe(false);
    await applyObjects(client, [web], { inventory, force: true });
    await applyObjects(client, [previous ?? web], { inventory });
    expect((await client.get(referenceOf(web)))?.spec).toMatchObject({ replicas: 0 });
    await client.mergePatch(referenceOf(web), { spec: { replicas: 2 } }, { fieldManager: 'kubectl-scale' });
    await expect(diffOne(web)).rejects.toMatchObject({
      code: 'FIELD_CONFLICT',
      details: {
        lines: [`Deployment ${namespace}/web .spec.replicas: live 2, desired 1, owned by kubectl-scale`],
      },
    });
  });

  it('names of every object each field that somebody else holds otherwise, with both values', async () => {
    const template = { annotations: { 'example.com/colour': 'green' } };
    const web = deployment(namespace, 'web', template);
    const settings = configMap(namespace, 'settings', { 'a.b': '1', password: 'hunter-one', same: 'x' });
    await applyObjects(client, [web, settings], { inventory });
    const container = { name: 'main', image: 'registry.example/app:2' };
    const theirs = {
      metadata: { annotations: { 'example.com/colour': 'red' } },
      spec: { containers: [container] },
    };
    const by = { fieldManager: 'somebody', force: true };
    const { selector } = web.spec as { selector: object };
    await client.apply({ ...web, spec: { selector, template: theirs } }, by);
    const data = { 'a.b': '2', password: 'hunter-two', same: 'x' };
    await client.mergePatch(referenceOf(settings), { data }, { fieldManager: 'kubectl-edit' });
    const error = await diffObjects(client, [web, settings], { inventory }).then(
      () => undefined,
      (refusal: unknown) => refusal as MeshwrightError,
    );
    expect(error?.code).toBe('FIELD_CONFLICT');
    expect(error?.details.lines?.toSorted()).toEqual([
      `ConfigMap ${namespace}/settings .data.a.b: live "2", desired "1", owned by kubectl-edit`,
      `ConfigMap ${namespace}/settings .data.password: live "(redacted)", desired "(redacted)", owned by kubectl-edit`,
      `Deployment ${namespace}/web .spec.template.metadata.annotations.example.com/colour: live "red", desired "green", owned by somebody`,
      `Deployment ${namespace}/web .spec.template.spec.containers[name="main"].image: live "registry.example/app:2", desired "registry.example/app:1", owned by somebody`,
    ]);
    expect(JSON.stringify(error?.details) + (error?.message ?? '')).not.toContain('hunter');
  });

  it('says who wrote last of a field that was taken away', async () => {
    const object = configMap(namespace, 'a', { kept: '1', taken: '2' });
    await applyObjects(client, [object], { inventory });
    const applied = await client.getHeader(referenceOf(object));
    // Managed fields count in seconds.
    const second = (applied?.metadata.managedFields as { time: string }[])[0]?.time ?? '';
    while (new Date().toISOString().slice(0, 19) <= second.slice(0, 19)) await new Promise(setImmediate);
    const patch = { data: { taken: null, theirs: 'x' } };
    await client.mergePatch(referenceOf(object), patch, { fieldManager: 'kubectl-edit' });
    expect((await diffOne(object)).change.fields).toEqual([
      { path: '/data/taken', after: '2', driftedBy: ['kubectl-edit'] },
    ]);
  });

  it('calls a change of the pattern no drift, and neither defaults nor what others added', async () => {
    const web = deployment(namespace, 'web');
    await applyObjects(client, [web], { inventory });
    const annotations = { 'example.com/theirs': 'x' };
    await client.mergePatch(referenceOf(web), { metadata: { annotations } }, { fieldManager: 'somebody' });
    expect((await diffOne(web)).change).toMatchObject({ change: 'unchanged', fields: [] });
    const { change } = await diffOne(deployment(namespace, 'web', { annotations: { note: 'x' } }));
    expect(change.fields).toHaveLength(1);
    expect(change.fields[0]).not.toHaveProperty('driftedBy');
  });

  it('keeps no content of a Secret, and says that it cannot be taken back', async () => {
    const secret = (password: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { password },
    });
    await applyObjects(client, [secret('hunter-one')], { inventory });
    const diff = await diffOne(secret('hunter-two'));
    expect(diff).toMatchObject({ foreign: false, irreversible: expect.stringContaining('Secret') as string });
    expect(diff).not.toHaveProperty('previous');
    const bytes = JSON.stringify(diff);
    for (const text of ['hunter', Buffer.from('hunter-one').toString('base64')])
      expect(bytes).not.toContain(text);
  });

  it('tells what is there and not ours from what is ours', async () => {
    const object = configMap(namespace, 'a', { a: '1', b: '1' });
    await client.create(configMap(namespace, 'a', { a: '2', theirs: 'x' }), { fieldManager: 'somebody' });
    const { foreign, change, previous } = await diffOne(object, { force: true });
    expect([foreign, change.change, change.owners?.after]).toEqual([true, 'update', expect.anything()]);
    await applyObjects(client, [object], { inventory, force: true });
    // Taking it back leaves what there was.
    expect(previous).toEqual(configMap(namespace, 'a', { a: '2' }));
    await applyObjects(client, [previous ?? object], { inventory });
    await releaseObjects(client, [referenceOf(object)], { inventory });
    expect(await client.get(referenceOf(object))).toMatchObject({ data: { a: '2', theirs: 'x' } });
    expect((await client.get(referenceOf(object)))?.data).not.toHaveProperty('b');
    await applyObjects(client, [object], { inventory, force: true });
    expect(await diffOne(object)).toMatchObject({ foreign: false, change: { change: 'unchanged' } });
    expect(await diffOne(configMap(namespace, 'b'))).toMatchObject({
      foreign: false,
      change: { change: 'create' },
    });
  });

  it('shows who owns an object before and after it is taken over', async () => {
    const web = deployment(namespace, 'web');
    await client.apply(web, { fieldManager: 'istio-operator' });
    const scale = deployment(namespace, 'web');
    Object.assign(scale.spec as object, { replicas: 2 });
    const { change, foreign } = await diffOne(scale, { takeover: true });
    expect(foreign).toBe(true);
    const before = change.owners?.before['istio-operator'] ?? 0;
    expect(before).toBeGreaterThan(5);
    // The label of the set and our mark come with it.
    expect(change.owners?.after).toEqual({ meshwright: before + 2 });
  });
});
