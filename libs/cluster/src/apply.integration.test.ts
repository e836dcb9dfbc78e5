import { referenceOf } from '@meshwright/model';
import { beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { openInventory } from './inventory.ts';
import {
  configMap,
  denyInNamespace,
  deployment,
  eventually,
  namespaceObject,
  testClient,
  uniqueName,
  widgets,
} from './test-support/testbed.ts';

let client: ClusterClient;
let namespace: string;

beforeEach(() => {
  client = testClient();
  namespace = uniqueName('apply');
});

function countPatches(of: ClusterClient): { patches: () => number } {
  const send: MockInstance<ClusterClient['transport']['send']> = vi.spyOn(of.transport, 'send');
  return { patches: () => send.mock.calls.filter(([{ method }]) => method === 'PATCH').length };
}

describe('applyObjects', () => {
  it('applies 1,000 objects, and again without a single patch', async () => {
    const objects = [
      namespaceObject(namespace),
      ...Array.from({ length: 1000 }, (_, index) =>
        configMap(namespace, `cm-${index}`, { index: String(index) }),
      ),
    ];
    const inventory = openInventory(client, { pattern: namespace });
    const first = await applyObjects(client, objects, { inventory });
    expect(first).toMatchObject({ created: 1001, updated: 0, unchanged: 0 });

    const warm = countPatches(client);
    expect(await applyObjects(client, objects, { inventory })).toMatchObject({ created: 0, unchanged: 1001 });
    expect(warm.patches()).toBe(0);

    const stranger = testClient();
    const cold = countPatches(stranger);
    const again = await applyObjects(stranger, objects, {
      inventory: openInventory(stranger, { pattern: namespace }),
    });
    expect(again).toMatchObject({ updated: 0, unchanged: 1001 });
    expect(cold.patches()).toBe(0);
  });

  it('sends a patch for exactly the one object that changed', async () => {
    const objects = [
      namespaceObject(namespace),
      ...['a', 'b', 'c'].map((name) => configMap(namespace, name)),
    ];
    await applyObjects(client, objects);
    objects[2] = configMap(namespace, 'b', { a: '2' });
    const sent = countPatches(client);
    expect(await applyObjects(client, objects)).toMatchObject({ updated: 1, unchanged: 3 });
    expect(sent.patches()).toBe(1);
  });

  it('skips an unchanged workload although the server has added defaults to it', async () => {
    const objects = [namespaceObject(namespace), deployment(namespace, 'web')];
    await applyObjects(client, objects);
    const stranger = testClient();
    const sent = countPatches(stranger);
    expect(await applyObjects(stranger, objects)).toMatchObject({ unchanged: 2 });
    expect(sent.patches()).toBe(0);
  });

  it('skips an unchanged Secret without leaving a hash of it on the cluster', async () => {
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { password: value },
    });
    await applyObjects(client, [namespaceObject(namespace), secret('one')]);
    const stranger = testClient();
    expect(await applyObjects(stranger, [secret('one')])).toMatchObject({ unchanged: 1 });
    expect(await applyObjects(stranger, [secret('two')])).toMatchObject({ updated: 1 });
    const live = await client.get({ apiVersion: 'v1', kind: 'Secret', name: 's', namespace });
    expect(live?.metadata.annotations).toBeUndefined();
  });

  it('puts a field back that somebody else changed, only when told to take it', async () => {
    const object = configMap(namespace, 'a', { a: '1' });
    await applyObjects(client, [namespaceObject(namespace), object]);
    await client.apply(configMap(namespace, 'a', { a: '2' }), { fieldManager: 'somebody', force: true });
    const stranger = testClient();
    await expect(applyObjects(stranger, [object])).rejects.toMatchObject({
      code: 'FIELD_CONFLICT',
      details: {
        lines: [`ConfigMap ${namespace}/a .data.a: live "2", desired "1", owned by somebody`],
      },
    });
    expect(await applyObjects(stranger, [object], { force: true })).toMatchObject({ updated: 1 });
  });

  it('applies a definition and a resource of its kind in one call', async () => {
    const { definition, widget } = widgets(namespace);
    const inventory = openInventory(client, { pattern: namespace });
    const result = await applyObjects(client, [widget, definition, namespaceObject(namespace)], {
      inventory,
    });
    expect(result.created).toBe(3);
    expect(result.outcomes.at(-1)?.object.kind).toBe('Widget');
    expect(await applyObjects(testClient(), [widget, definition], { inventory })).toMatchObject({
      unchanged: 2,
    });
  });

  it('names the check that denies an object, with its reason, and what was done besides', async () => {
    await applyObjects(client, [namespaceObject(namespace)]);
    const policy = await denyInNamespace(client, {
      namespace,
      resource: 'configmaps',
      operation: 'CREATE',
      message: 'no maps here',
    });
    // The API server compiles a policy some time after it was stored.
    const denied = await eventually(async () => {
      const objects = [deployment(namespace, 'web'), configMap(namespace, uniqueName('cm'))];
      return applyObjects(client, objects).then(
        () => undefined,
        (error: unknown) => error,
      );
    });
    expect(denied).toMatchObject({ code: 'ADMISSION_DENIED' });
    expect((denied as Error).message).toContain(policy);
    expect((denied as Error).message).toContain('no maps here');
    expect((denied as Error).message).toMatch(/of 2\)/);
  });

  it('says which webhook cannot be reached', async () => {
    const { definition, widget } = widgets(namespace);
    const name = uniqueName('webhook');
    const webhook = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: 'check.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          timeoutSeconds: 1,
          clientConfig: { url: 'https://127.0.0.1:9/' },
          rules: [
            {
              apiGroups: [widgets(namespace).group],
              apiVersions: ['*'],
              operations: ['CREATE'],
              resources: ['*'],
            },
          ],
        },
      ],
    };
    // In one apply the webhook comes after the resources that it checks.
    expect(
      await applyObjects(client, [webhook, widget, definition, namespaceObject(namespace)]),
    ).toMatchObject({
      created: 4,
    });
    const second = { ...widget, metadata: { name: 'second', namespace } };
    const error = await eventually(() =>
      applyObjects(client, [{ ...second, metadata: { name: uniqueName('w'), namespace } }]).then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
    );
    expect(error).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
    expect((error as Error).message).toContain('check.example.com');
  });

  it('refuses objects of another pattern before anything is touched', async () => {
    const object = configMap(namespace, 'a');
    const objects = [namespaceObject(namespace), object];
    await applyObjects(client, objects, {
      inventory: openInventory(client, { pattern: uniqueName('theirs') }),
    });
    const mine = openInventory(client, { pattern: uniqueName('mine') });
    await expect(
      applyObjects(client, [configMap(namespace, 'b'), object], { inventory: mine, force: true }),
    ).rejects.toMatchObject({ code: 'FOREIGN_OBJECT' });
    expect(await client.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'b' })).toBeUndefined();
  });

  it('reports every refused object and goes on with the others of their wave', async () => {
    const absent = uniqueName('absent');
    const objects = [
      namespaceObject(namespace),
      configMap(absent, 'x'),
      configMap(absent, 'y'),
      configMap(namespace, 'z'),
    ];
    await expect(applyObjects(client, objects)).rejects.toMatchObject({
      code: 'API_REFUSED',
      message: expect.stringContaining('2 were created') as string,
      details: { lines: [expect.stringContaining(`${absent}/`), expect.stringContaining(`${absent}/`)] },
    });
    expect(await client.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'z' })).toBeDefined();
  });

  it('covers everything that is live in the inventory also when it is stopped in the middle', async () => {
    const stop = new AbortController();
    const inventory = openInventory(client, { pattern: namespace });
    const objects = Array.from({ length: 50 }, (_, index) => configMap(namespace, `cm-${index}`));
    const run = applyObjects(client, [namespaceObject(namespace), ...objects], {
      inventory,
      concurrency: 2,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 10) stop.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    const live = await client.listHeaders({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
    const created = live.filter(({ metadata }) => metadata.name.startsWith('cm-'));
    expect(created.length).toBeGreaterThan(0);
    expect(created.length).toBeLessThan(50);
    const members = await openInventory(testClient(), { pattern: namespace }).members();
    expect(members.filter(({ object }) => object.kind === 'ConfigMap')).toHaveLength(created.length);
  });

  it('waits for the end of an object that is being deleted, and makes it anew', async () => {
    const object = configMap(namespace, 'a');
    object.metadata.finalizers = ['example.com/hold'];
    await applyObjects(client, [namespaceObject(namespace), object]);
    const reference = referenceOf(object);
    const uid = (await client.get(reference))?.metadata.uid ?? '';
    await client.delete(reference, uid);
    const anew = applyObjects(client, [configMap(namespace, 'a')]);
    await client.mergePatch(reference, { metadata: { finalizers: null } }, { fieldManager: 'test' });
    expect(await anew).toMatchObject({ created: 1 });
    expect((await client.get(reference))?.metadata.uid).not.toBe(uid);
  });

  it('says which right a restricted user lacks', async () => {
    await applyObjects(client, [namespaceObject(namespace)]);
    const restricted = testClient({ user: 'nobody@example.com' });
    await expect(applyObjects(restricted, [configMap(namespace, 'a')])).rejects.toMatchObject({
      code: 'CLUSTER_UNAUTHORIZED',
      message: expect.stringContaining('"nobody@example.com" to get configmaps') as string,
      details: { remedy: expect.stringContaining('resources: ["configmaps"], verbs: ["get"]') as string },
    });
  });

  it('repeats nothing of a Secret in the error about it', async () => {
    await applyObjects(client, [namespaceObject(namespace)]);
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      data: { 'bad key': 'aHVudGVyMg==' },
    };
    const error: unknown = await applyObjects(client, [secret]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'API_REFUSED' });
    expect(JSON.stringify(error) + (error as Error).message).not.toContain('aHVudGVyMg');
  });
});
