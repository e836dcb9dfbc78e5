import { type KubernetesObject } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { prepareObject } from './desired.ts';
import { inWaves, waveOf } from './waves.ts';
import { webhookServices, hasReadyEndpoint } from './endpoints.ts';
import { applySetId } from './apply-set.ts';

const object: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'ns' },
  data: { a: '1' },
};

describe('prepareObject', () => {
  it('takes out what only the server sets, and adds the label and the mark', () => {
    const metadata = {
      ...object.metadata,
      uid: 'u',
      resourceVersion: '1',
      managedFields: [],
      creationTimestamp: 'now',
    };
    const prepared = prepareObject({ ...object, metadata, status: {} }, { namespaced: true, set: 'set' });
    expect(prepared.object).toEqual({
      ...object,
      metadata: {
        name: 'a',
        namespace: 'ns',
        labels: { 'applyset.kubernetes.io/part-of': 'set' },
        annotations: { 'meshwright.dev/applied': prepared.hash },
      },
    });
    expect(object.metadata.labels).toBeUndefined();
  });

  it('gives equal content the same hash in whatever order it is written', () => {
    const turned = {
      data: { a: '1' },
      metadata: { namespace: 'ns', name: 'a' },
      kind: 'ConfigMap',
      apiVersion: 'v1',
    };
    const hash = (each: KubernetesObject, set?: string) =>
      prepareObject(each, { namespaced: true, set }).hash;
    expect(hash(turned)).toBe(hash(object));
    expect(hash({ ...object, data: { a: '2' } })).not.toBe(hash(object));
    expect(hash(object, 'set')).not.toBe(hash(object));
  });

  it('drops the namespace of a kind that has none', () => {
    const role = { ...object, apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
    expect(prepareObject(role, { namespaced: false }).reference).not.toHaveProperty('namespace');
  });

  it('encodes the text of a Secret and marks it with no hash', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'ns' },
      stringData: { a: 'x' },
    };
    const { object: prepared } = prepareObject(secret, { namespaced: true });
    expect(prepared).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secret.metadata,
      data: { a: 'eA==' },
    });
  });
});

describe('waveOf', () => {
  it('puts what others need before them, and what can block them last', () => {
    const kinds = [
      'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration',
      'networking.istio.io/v1 VirtualService',
      'apps/v1 Deployment',
      'v1 Service',
      'v1 ConfigMap',
      'rbac.authorization.k8s.io/v1 ClusterRole',
      'v1 Namespace',
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
    ].map((text) => ({ apiVersion: text.split(' ')[0]!, kind: text.split(' ')[1]! }));
    expect(inWaves(kinds, waveOf).map((wave) => wave.map(({ kind }) => kind))).toEqual([
      ['Namespace', 'CustomResourceDefinition'],
      ['ConfigMap', 'ClusterRole'],
      ['Deployment', 'Service'],
      ['VirtualService'],
      ['ValidatingWebhookConfiguration'],
    ]);
  });

  it('takes a kind that only sounds like a built-in one for a custom resource', () => {
    expect(waveOf({ apiVersion: 'example.com/v1', kind: 'Namespace' })).toBe(3);
  });
});

describe('webhook backends', () => {
  const webhooks = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'w' },
    webhooks: [
      { clientConfig: { service: { namespace: 'istio-system', name: 'istiod' } } },
      { clientConfig: { url: 'https://x' } },
    ],
  };
  const slice = (service: string, ready: boolean | undefined) => ({
    ...object,
    metadata: { name: 's', labels: { 'kubernetes.io/service-name': service } },
    endpoints: [{ conditions: ready === undefined ? {} : { ready } }],
  });

  it('finds the services and whether anything answers there', () => {
    expect(webhookServices(webhooks)).toEqual([{ namespace: 'istio-system', name: 'istiod' }]);
    expect(webhookServices(object)).toEqual([]);
    expect(hasReadyEndpoint([slice('istiod', false), slice('other', true)], 'istiod')).toBe(false);
    expect(hasReadyEndpoint([slice('istiod', undefined)], 'istiod')).toBe(true);
  });
});

describe('applySetId', () => {
  it('is a label value that depends on name and namespace', () => {
    expect(applySetId('a', 'ns')).toMatch(/^applyset-[A-Za-z0-9_-]{43}-v1$/);
    expect(applySetId('a', 'ns')).not.toBe(applySetId('b', 'ns'));
  });
});
