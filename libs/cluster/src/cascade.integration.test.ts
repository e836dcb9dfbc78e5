import { referenceKey, referenceOf, type KubernetesObject } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyObjects } from './apply.ts';
import { cascadesOf } from './cascade.ts';
import { type ClusterClient } from './client.ts';
import { waitUntilReady } from './readiness.ts';
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
  namespace = uniqueName('cascade');
  await applyObjects(client, [namespaceObject(namespace)]);
});

async function cascadeOf(object: KubernetesObject, ...others: KubernetesObject[]) {
  const cascades = await cascadesOf(client, [object, ...others].map(referenceOf));
  return cascades.get(referenceKey(referenceOf(object)));
}

describe('cascadesOf', () => {
  it('counts what a workload owns, also indirectly', async () => {
    const web = deployment(namespace, 'web');
    await applyObjects(client, [web, configMap(namespace, 'other')]);
    await waitUntilReady(client, [web], { timeoutMs: 60_000 });
    const cascade = await cascadeOf(web);
    expect(cascade?.total).toBe(2);
    expect(cascade?.sample.map((name) => name.replace(/-[a-z0-9-]+$/, ''))).toEqual([
      expect.stringMatching(/^Pod /) as string,
      expect.stringMatching(/^ReplicaSet /) as string,
    ]);
  });

  it('counts the custom resources of a definition, without those that go anyway', async () => {
    const { definition, widget } = widgets(namespace);
    const second = { ...widget, metadata: { name: 'second', namespace } };
    await applyObjects(client, [definition, widget, second]);
    expect(await cascadeOf(definition)).toEqual({
      total: 2,
      sample: [`Widget ${namespace}/second`, `Widget ${namespace}/w`],
    });
    expect(await cascadeOf(definition, widget)).toEqual({ total: 1, sample: [`Widget ${namespace}/second`] });
    expect(await cascadeOf(definition, widget, second)).toBeUndefined();
  });

  it('counts what is in a namespace, without what goes anyway and what every namespace has', async () => {
    const web = deployment(namespace, 'web');
    await applyObjects(client, [web, configMap(namespace, 'theirs')]);
    await waitUntilReady(client, [web], { timeoutMs: 60_000 });
    expect((await cascadeOf(namespaceObject(namespace)))?.total).toBe(4);
    expect(await cascadeOf(namespaceObject(namespace), web)).toEqual({
      total: 1,
      sample: [`ConfigMap ${namespace}/theirs`],
    });
  });

  it('has nothing to say of what takes nothing along, or is gone', async () => {
    await applyObjects(client, [configMap(namespace, 'a')]);
    const references = [configMap(namespace, 'a'), deployment(namespace, 'gone')].map(referenceOf);
    expect((await cascadesOf(client, references)).size).toBe(0);
  });

  it('shows at most five names', async () => {
    await applyObjects(
      client,
      Array.from({ length: 8 }, (_, index) => configMap(namespace, `cm-${index}`)),
    );
    const cascade = await cascadeOf(namespaceObject(namespace));
    expect(cascade).toMatchObject({ total: 8 });
    expect(cascade?.sample).toHaveLength(5);
  });

  it('looks as far as the identity may', async () => {
    await applyObjects(client, [configMap(namespace, 'a')]);
    const nobody = testClient({ user: 'nobody@example.com' });
    expect((await cascadesOf(nobody, [{ apiVersion: 'v1', kind: 'Namespace', name: namespace }])).size).toBe(
      0,
    );
  });
});
