import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { diffObjects } from './dry-run.ts';
import { openInventory } from './inventory.ts';
import { notReadyError, waitUntilReady } from './readiness.ts';
import {
  configMap,
  denyInNamespace,
  deployment,
  eventually,
  namespaceObject,
  openRelay,
  testClient,
  testKubeconfig,
  uniqueName,
  widgets,
} from './test-support/testbed.ts';
import { observe, type Observation } from './watch.ts';

let client: ClusterClient;
let namespace: string;

beforeEach(() => {
  client = testClient();
  namespace = uniqueName('observe');
});

describe('connectCluster', () => {
  it('speaks to no server whose certificate it cannot verify', async () => {
    const trusting = await readFile(testKubeconfig(), 'utf8');
    const directory = await mkdtemp(join(tmpdir(), 'untrusted-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, trusting.replace(/"?certificate-authority(-data)?"?: *"?[^\s",]+"?,?/, ''));
    await expect(testClient({ kubeconfig }).version()).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('its certificate is not trusted') as string,
      details: { remedy: expect.stringContaining('certificate-authority-data') as string },
    });
  });

  it('tells the version and what is served', async () => {
    expect(await client.version()).toMatch(/^v1\.\d+\./);
    expect(await client.serves('apps/v1', 'Deployment')).toBe(true);
    expect(await client.serves('apps/v1', 'Nothing')).toBe(false);
    expect(await client.resourceFor('apps/v1', 'Deployment')).toMatchObject({
      plural: 'deployments',
      namespaced: true,
    });
    await expect(client.resourceFor('apps/v1', 'Nothing')).rejects.toMatchObject({ code: 'KIND_NOT_SERVED' });
  });
});

describe('diffObjects', () => {
  it('says what would change, field by field, and writes nothing', async () => {
    const objects = [namespaceObject(namespace), deployment(namespace, 'web'), configMap(namespace, 'a')];
    const inventory = openInventory(client, { pattern: namespace });
    await applyObjects(client, objects, { inventory });
    const changed = [
      deployment(namespace, 'web', { annotations: { note: 'x' } }),
      configMap(namespace, 'a', { b: '2' }),
    ];
    const list = async () => {
      const found = await client.listHeaders({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
      // Kubernetes puts one into each new namespace, sooner or later.
      return found.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
    };
    const before = await list();
    const stranger = testClient();
    const diffs = await diffObjects(
      stranger,
      [namespaceObject(namespace), ...changed, configMap(namespace, 'new')],
      { inventory: openInventory(stranger, { pattern: namespace }) },
    );
    expect(diffs.map(({ change: { object, change } }) => [object.name, change])).toEqual([
      [namespace, 'unchanged'],
      ['web', 'update'],
      ['a', 'update'],
      ['new', 'create'],
    ]);
    expect(diffs[1]?.change.fields).toEqual([
      { path: '/spec/template/metadata/annotations', after: { note: 'x' } },
    ]);
    expect(diffs[2]?.change.fields).toEqual([
      { path: '/data/a', before: '1' },
      { path: '/data/b', after: '2' },
    ]);
    expect(await list()).toEqual(before);
  });

  it('predicts objects whose namespace or kind comes with the same plan', async () => {
    const { definition, widget } = widgets(namespace);
    const diffs = await diffObjects(client, [
      widget,
      configMap(namespace, 'a'),
      namespaceObject(namespace),
      definition,
    ]);
    expect(
      diffs.map(({ change: { object, change, predicted } }) => [object.kind, change, predicted]),
    ).toEqual([
      ['Widget', 'create', true],
      ['ConfigMap', 'create', true],
      ['Namespace', 'create', undefined],
      ['CustomResourceDefinition', 'create', undefined],
    ]);
    expect(
      await diffObjects(client, [widget], { earlier: [definition, namespaceObject(namespace)] }),
    ).toMatchObject([{ change: { change: 'create', predicted: true }, foreign: false }]);
    await expect(diffObjects(client, [widget])).rejects.toMatchObject({ code: 'KIND_NOT_SERVED' });
  });

  it('predicts objects of a group whose kinds what is applied makes, and of no other', async () => {
    const { definition, widget } = widgets(namespace);
    const { group } = definition.spec as { group: string };
    expect(await diffObjects(client, [widget], { comingGroups: [group] })).toMatchObject([
      { change: { change: 'create', predicted: true } },
    ]);
    await expect(diffObjects(client, [widget], { comingGroups: ['other.io'] })).rejects.toMatchObject({
      code: 'KIND_NOT_SERVED',
    });
  });

  it('shows that a Secret changes and nothing of what is in it', async () => {
    const secret = (password: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { password },
    });
    await applyObjects(client, [namespaceObject(namespace), secret('hunter-one')]);
    const diffs = await diffObjects(client, [secret('hunter-two')]);
    expect(diffs[0]?.change.fields).toEqual([
      { path: '/data/password', before: '(redacted)', after: '(redacted)' },
    ]);
  });

  it('finds the conflict that the apply would meet', async () => {
    await applyObjects(client, [namespaceObject(namespace)]);
    await client.apply(configMap(namespace, 'a', { a: '2' }), { fieldManager: 'somebody' });
    const mine = [configMap(namespace, 'a', { a: '1' })];
    await expect(diffObjects(client, mine)).rejects.toMatchObject({ code: 'FIELD_CONFLICT' });
    expect(await diffObjects(client, mine, { force: true })).toMatchObject([
      { change: { change: 'update', fields: [{ path: '/data/a', before: '2', after: '1' }] } },
    ]);
  });
});

describe('waitUntilReady', () => {
  it('is ready when everything is current, with progress on the way', async () => {
    const objects = [namespaceObject(namespace), deployment(namespace, 'web'), configMap(namespace, 'a')];
    await applyObjects(client, objects);
    const seen: number[] = [];
    const report = await waitUntilReady(client, objects, {
      timeoutMs: 60_000,
      onProgress: ({ ready }) => seen.push(ready),
    });
    expect(report.ready).toBe(true);
    expect(report.objects.map(({ object }) => object.name)).toEqual([namespace, 'web', 'a']);
    expect(seen.at(-1)).toBe(3);
  });

  it('names what does not exist when the time is over', async () => {
    const absent = configMap('default', uniqueName('absent'));
    const report = await waitUntilReady(client, [absent], { timeoutMs: 100 });
    expect(report).toMatchObject({ ready: false, objects: [{ state: 'notFound' }] });
    expect(notReadyError('test', report)).toMatchObject({ code: 'NOT_READY' });
  });

  it('says that the pods of a workload are denied, and by whom', async () => {
    await applyObjects(client, [namespaceObject(namespace)]);
    const denial = { namespace, resource: 'pods', operation: 'CREATE', message: 'no pods here' };
    await denyInNamespace(client, denial);
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'c', image: 'i' }] } };
    await eventually(() =>
      client.dryRunApply({ ...pod, metadata: { name: uniqueName('p'), namespace } }).then(
        () => undefined,
        () => true,
      ),
    );
    await applyObjects(client, [deployment(namespace, 'web')]);
    const report = await waitUntilReady(client, [deployment(namespace, 'web')], { timeoutMs: 3_000 });
    expect(report.ready).toBe(false);
    expect(report.objects[0]?.message).toContain('no pods here');
  });

  it('calls a webhook ready only when a pod behind its Service is', async () => {
    const name = uniqueName('webhook');
    const ports = [{ port: 443 }];
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { ports, selector: { app: 'web' } },
    };
    const rule = {
      apiGroups: [`${namespace}.example.com`],
      apiVersions: ['v1'],
      operations: ['CREATE'],
      resources: ['none'],
    };
    const webhook = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: 'check.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { service: { namespace, name: 'web' } },
          rules: [rule],
        },
      ],
    };
    await applyObjects(client, [namespaceObject(namespace), service, webhook]);
    const early = await waitUntilReady(client, [webhook], { timeoutMs: 300 });
    expect(early.objects[0]?.message).toBe(`no pod of its Service ${namespace}/web is ready`);
    const late = waitUntilReady(client, [webhook], { timeoutMs: 60_000 });
    await applyObjects(client, [deployment(namespace, 'web')]);
    expect((await late).ready).toBe(true);
    const live = await client.getHeader({ apiVersion: webhook.apiVersion, kind: webhook.kind, name });
    await client.delete(
      { apiVersion: webhook.apiVersion, kind: webhook.kind, name },
      live?.metadata.uid ?? '',
    );
  });

  it('says which pods are not ready when the time is over', async () => {
    await applyObjects(client, [
      namespaceObject(namespace),
      deployment(namespace, 'web', { annotations: { 'testbed.meshwright.dev/never-ready': 'true' } }),
    ]);
    const report = await waitUntilReady(client, [deployment(namespace, 'web')], { timeoutMs: 1_500 });
    expect(report).toMatchObject({ ready: false, objects: [{ state: 'inProgress' }] });
    expect(report.objects[0]?.message).toContain('0 of 1 replicas are');
  });

  it('stops at once when it is aborted', async () => {
    const stop = new AbortController();
    const wait = waitUntilReady(client, [configMap('default', 'never')], {
      timeoutMs: 60_000,
      signal: stop.signal,
    });
    stop.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
  });
});

describe('observe', () => {
  it('goes on after its connection broke, without missing a change', async () => {
    await applyObjects(client, [namespaceObject(namespace)]);
    const relay = await openRelay();
    const observer = testClient({ kubeconfig: relay.kubeconfig });
    const stop = new AbortController();
    const seen = new Set<string>();
    const snapshots: Observation[] = [];
    const watching = (async () => {
      const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace };
      for await (const observation of observe(observer, query, stop.signal)) {
        if (observation.type === 'snapshot') snapshots.push(observation);
        if (observation.type === 'changed') seen.add(observation.object.metadata.name);
      }
    })();
    const awaitSeen = (name: string) => eventually(() => Promise.resolve(seen.has(name) ? true : undefined));
    await eventually(() => Promise.resolve(snapshots.length > 0 ? true : undefined));
    await applyObjects(client, [configMap(namespace, 'before')]);
    await awaitSeen('before');
    expect(relay.breakConnections()).toBeGreaterThan(0);
    await applyObjects(client, [configMap(namespace, 'between')]);
    await awaitSeen('between');
    expect(snapshots).toHaveLength(1);
    stop.abort();
    await watching;
  });
});
