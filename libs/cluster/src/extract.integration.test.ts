import { referenceOf, type KubernetesObject } from '@meshwright/model';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { diffObjects } from './dry-run.ts';
import { extractApplied, readApplied } from './extract.ts';
import { openInventory } from './inventory.ts';
import { objectAt, objectsAt, valueAt } from './json.ts';
import {
  configMap,
  deployment,
  namespaceObject,
  testClient,
  uniqueName,
  widgets,
} from './test-support/testbed.ts';

let client: ClusterClient;
let namespace: string;

beforeEach(async () => {
  client = testClient();
  namespace = uniqueName('extract');
  await applyObjects(client, [namespaceObject(namespace)]);
});

async function live(object: KubernetesObject): Promise<KubernetesObject> {
  const found = await client.get(referenceOf(object));
  if (found === undefined) throw new Error(`${object.kind} ${object.metadata.name} is gone`);
  return found;
}

/** Everything but what counts writes, and the annotations: controllers count revisions there. */
function content({ metadata, ...object }: KubernetesObject): object {
  const counted = ['resourceVersion', 'generation', 'managedFields', 'annotations'];
  const kept = Object.entries(metadata).filter(([field]) => !counted.includes(field));
  const fields = Object.entries(object).filter(([field]) => field !== 'status');
  return { ...Object.fromEntries(fields), metadata: Object.fromEntries(kept) };
}

/** Applies v1, then v2, then what was extracted of v1; gives the states after each. */
async function thereAndBack(v1: KubernetesObject, v2: KubernetesObject): Promise<KubernetesObject[]> {
  const inventory = openInventory(client, { pattern: namespace });
  await applyObjects(client, [v1], { inventory });
  const before = await live(v1);
  const [diff] = await diffObjects(client, [v2], { inventory });
  await applyObjects(client, [v2], { inventory });
  const between = await live(v1);
  expect(diff).toMatchObject({ change: { change: 'update' }, foreign: false });
  await applyObjects(client, [diff?.previous ?? v2], { inventory });
  return [before, between, await live(v1)];
}

function service(spec: object): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec };
}

function webhooks(...names: string[]): KubernetesObject {
  const clientConfig = { service: { namespace, name: 'web', path: '/inject' } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: names.map((name) => ({
      name,
      clientConfig,
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Ignore',
      namespaceSelector: { matchLabels: { nothing: name } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    })),
  };
}

describe('what is extracted of an object takes it back to what it was', () => {
  it('a Deployment, also a container and an environment variable that only the newer one had', async () => {
    const v2 = deployment(namespace, 'web', { annotations: { note: 'x' } });
    const pod = objectAt(v2, 'spec', 'template', 'spec');
    const [main] = objectsAt(pod, 'containers');
    Object.assign(main ?? {}, { image: 'registry.example/app:2', env: [{ name: 'MORE', value: '1' }] });
    pod.containers = [main, { name: 'second', image: 'registry.example/second:1' }];
    const [before, between, after] = await thereAndBack(deployment(namespace, 'web'), v2);
    expect(objectsAt(between, 'spec', 'template', 'spec', 'containers')).toHaveLength(2);
    expect(objectsAt(after, 'spec', 'template', 'spec', 'containers')).toHaveLength(1);
    expect(content(after!)).toEqual(content(before!));
  });

  it('a Service, with ports by their keys', async () => {
    const web = { name: 'web', port: 80, targetPort: 8080 };
    const [before, between, after] = await thereAndBack(
      service({ selector: { app: 'web' }, ports: [web] }),
      service({
        selector: { app: 'web', tier: 'two' },
        ports: [
          { ...web, targetPort: 9 },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
      }),
    );
    expect(valueAt(between, 'spec', 'selector')).toEqual({ app: 'web', tier: 'two' });
    expect(objectsAt(between, 'spec', 'ports')).toHaveLength(2);
    expect(content(after!)).toEqual(content(before!));
  });

  it('the labels of a Namespace, leaving those of others alone', async () => {
    const make = (labels: Record<string, string>) => ({
      ...namespaceObject(uniqueName('labels')),
      metadata: { name: `${namespace}-labels`, labels },
    });
    const v1 = make({ 'istio-injection': 'enabled' });
    await client.apply(make({ theirs: 'yes' }), { fieldManager: 'somebody' });
    const [, between, after] = await thereAndBack(v1, make({ 'istio.io/rev': 'canary' }));
    expect(between?.metadata.labels).toMatchObject({ 'istio.io/rev': 'canary', theirs: 'yes' });
    expect(after?.metadata.labels).toMatchObject({ 'istio-injection': 'enabled', theirs: 'yes' });
    expect(after?.metadata.labels).not.toHaveProperty(['istio.io/rev']);
  });

  it('a definition, with a version that only the newer one had', async () => {
    const v1 = widgets(namespace).definition;
    const v2 = widgets(namespace).definition;
    const spec = objectAt(v2, 'spec');
    const [version] = objectsAt(v2, 'spec', 'versions');
    spec.versions = [version, { ...version, name: 'v2', storage: false }];
    Object.assign(objectAt(v2, 'spec', 'names'), { shortNames: ['wd'] });
    const [before, between, after] = await thereAndBack(v1, v2);
    expect(objectsAt(between, 'spec', 'versions')).toHaveLength(2);
    expect(content(after!)).toEqual(content(before!));
  });

  it('webhooks by their name, leaving the certificate that their server wrote into them', async () => {
    const v1 = webhooks('a.example.com');
    const inventory = openInventory(client, { pattern: namespace });
    await applyObjects(client, [v1], { inventory });
    const caBundle = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');
    const patched = await live(v1);
    const [webhook] = objectsAt(patched, 'webhooks');
    Object.assign(objectAt(webhook, 'clientConfig'), { caBundle });
    await client.mergePatch(referenceOf(v1), { webhooks: [webhook] }, { fieldManager: 'pilot-discovery' });
    const [before, between, after] = await thereAndBack(v1, webhooks('a.example.com', 'b.example.com'));
    expect(objectsAt(between, 'webhooks')).toHaveLength(2);
    expect(objectsAt(after, 'webhooks')).toMatchObject([
      { name: 'a.example.com', clientConfig: { caBundle } },
    ]);
    expect(content(after!)).toEqual(content(before!));
  });
});

describe('extractApplied', () => {
  it('gives what was applied of any Deployment, and applying that again changes nothing', async () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const container = fc.record(
      {
        name: label,
        image: fc.constantFrom('registry.example/a:1', 'registry.example/b@sha256:' + 'a'.repeat(64)),
        command: fc.array(label, { maxLength: 3 }),
        env: fc.uniqueArray(fc.record({ name: label, value: fc.string() }), {
          selector: ({ name }) => name,
          maxLength: 4,
        }),
        ports: fc.uniqueArray(fc.record({ containerPort: fc.integer({ min: 1, max: 65535 }) }), {
          selector: ({ containerPort }) => containerPort,
          maxLength: 3,
        }),
        securityContext: fc.record({ runAsUser: fc.nat(1000) }, { requiredKeys: [] }),
        resources: fc.record({ requests: fc.constantFrom({ cpu: '1000m' }, { memory: '1Gi', cpu: '0.5' }) }),
      },
      { requiredKeys: ['name', 'image'] },
    );
    const containers = fc.uniqueArray(container, {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 3,
    });
    const inventory = openInventory(client, { pattern: namespace });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(label, fc.string(), { maxKeys: 3 }),
        containers,
        async (annotations, pods) => {
          const object = deployment(namespace, uniqueName('any'), { annotations });
          Object.assign(objectAt(object, 'spec'), { replicas: 0 });
          Object.assign(objectAt(object, 'spec', 'template', 'spec'), { containers: pods });
          await applyObjects(client, [object], { inventory });
          const before = await live(object);
          const extracted = extractApplied(before)!;
          await applyObjects(client, [extracted], { inventory });
          const after = await live(object);
          expect(content(after)).toEqual(content(before));
          expect(extractApplied(after)).toEqual(extracted);
          // Not the whole live object, but what was applied of it.
          expect(Object.keys(objectAt(extracted, 'spec')).sort()).toEqual([
            'replicas',
            'selector',
            'template',
          ]);
          const names = objectsAt(extracted, 'spec', 'template', 'spec', 'containers').map(
            ({ name }) => name,
          );
          expect(names).toEqual(pods.map(({ name }) => name));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('reads an object at the version that it was applied with', async () => {
    const { definition, group } = widgets(namespace);
    const [version] = objectsAt(definition, 'spec', 'versions');
    objectAt(definition, 'spec').versions = [version, { ...version, name: 'v1beta1', storage: false }];
    const older = {
      apiVersion: `${group}/v1beta1`,
      kind: 'Widget',
      metadata: { name: 'w', namespace },
      spec: { size: 5 },
    };
    await applyObjects(client, [definition, older]);
    const found = await readApplied(client, [{ ...referenceOf(older), apiVersion: `${group}/v1` }]);
    expect(found).toEqual([older]);
  });

  it('leaves out what is gone, what is not ours and Secrets', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { a: 'hunter2' },
    };
    await applyObjects(client, [configMap(namespace, 'ours'), secret]);
    await client.apply(configMap(namespace, 'theirs'), { fieldManager: 'somebody' });
    const references = [
      configMap(namespace, 'gone'),
      configMap(namespace, 'theirs'),
      secret,
      configMap(namespace, 'ours'),
    ];
    expect(await readApplied(client, references.map(referenceOf))).toEqual([configMap(namespace, 'ours')]);
  });
});
