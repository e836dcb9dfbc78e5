import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { leftovers } from './leftovers.ts';
import { fakeContext } from '@meshwright/plugin-testkit';
import { injector, istiodDeployment } from './test-support/objects.ts';

const ours = { managedFields: [{ manager: 'meshwright', operation: 'Apply' }] };

function object(
  apiVersion: string,
  kind: string,
  metadata: KubernetesObject['metadata'],
  rest: object = {},
): KubernetesObject {
  return { apiVersion, kind, metadata: { uid: `uid-of-${metadata.name}`, ...metadata }, ...rest };
}

function found(objects: KubernetesObject[]) {
  return leftovers(fakeContext({ objects }).cluster);
}

async function names(objects: KubernetesObject[]): Promise<string[]> {
  return (await found(objects)).map(({ kind, namespace, name }) => `${kind} ${namespace ?? ''}/${name}`);
}

const system = 'istio-system';
const rootOf = (namespace: string) =>
  object('v1', 'ConfigMap', {
    name: 'istio-ca-root-cert',
    namespace,
    labels: { 'istio.io/config': 'true' },
  });

describe('what Istio leaves behind', () => {
  it('is its certificate authority, named by its uid', async () => {
    const secret = object('v1', 'Secret', { name: 'istio-ca-secret', namespace: system });
    expect(await found([secret])).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        namespace: system,
        name: 'istio-ca-secret',
        uid: 'uid-of-istio-ca-secret',
      },
    ]);
  });

  it('is the root certificate in every namespace', async () => {
    expect(await names([rootOf('shop'), rootOf('kube-system')])).toEqual([
      'ConfigMap shop/istio-ca-root-cert',
      'ConfigMap kube-system/istio-ca-root-cert',
    ]);
  });

  it('is its locks, those of single revisions too', async () => {
    const objects = [
      object('v1', 'ConfigMap', { name: 'istio-leader', namespace: system }),
      object('v1', 'ConfigMap', { name: 'istio-namespace-controller-election', namespace: system }),
      object('coordination.k8s.io/v1', 'Lease', {
        name: 'istio-gateway-deployment-1-31-0',
        namespace: system,
      }),
    ];
    expect(await names(objects)).toHaveLength(3);
  });

  it('is its gateway classes and tags that belong to no chart', async () => {
    const objects = [
      object(
        'gateway.networking.k8s.io/v1',
        'GatewayClass',
        { name: 'istio' },
        { spec: { controllerName: 'istio.io/gateway-controller' } },
      ),
      ...[injector('1-31-0', { tag: 'prod' })].map((it) => object(it.apiVersion, it.kind, it.metadata)),
    ];
    expect(await names(objects)).toEqual([
      'GatewayClass /istio',
      'MutatingWebhookConfiguration /istio-revision-tag-prod',
    ]);
  });

  it('is nothing that somebody else made', async () => {
    const objects = [
      object('v1', 'Secret', { name: 'cacerts', namespace: system }),
      object('v1', 'ConfigMap', { name: 'istio', namespace: system }),
      object('v1', 'ConfigMap', { name: 'istio-leadership', namespace: system }),
      object('v1', 'ConfigMap', { name: 'istio-leader', namespace: 'shop' }),
      object('v1', 'ConfigMap', { name: 'istio-ca-root-cert', namespace: 'shop' }),
      object(
        'gateway.networking.k8s.io/v1',
        'GatewayClass',
        { name: 'other' },
        { spec: { controllerName: 'example.test/controller' } },
      ),
    ];
    expect(await found(objects)).toEqual([]);
  });

  it('is nothing that Meshwright applied, for its inventory has that', async () => {
    const { apiVersion, kind, metadata } = injector('1-31-0', { tag: 'default' });
    const objects = [
      istiodDeployment({ metadata: ours }),
      object(apiVersion, kind, { ...metadata, ...ours }),
      rootOf('shop'),
    ];
    expect(await names(objects)).toEqual(['ConfigMap shop/istio-ca-root-cert']);
  });

  it('is nothing while another’s Istio needs it', async () => {
    const objects = [
      istiodDeployment({ metadata: { annotations: { 'meta.helm.sh/release-name': 'istiod' } } }),
      object('v1', 'Secret', { name: 'istio-ca-secret', namespace: system }),
      rootOf('shop'),
    ];
    expect(await found(objects)).toEqual([]);
  });
});
