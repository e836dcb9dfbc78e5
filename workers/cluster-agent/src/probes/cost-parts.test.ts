import type { ClusterClient } from '@meshwright/cluster';
import { type KubernetesObject, LoadProtocol } from '@meshwright/model';
import { meshIstio } from '@meshwright/mesh-istio';
import { createRegistry } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { findCostParts, namespacesOf } from './cost-parts.ts';

const registry = createRegistry([meshIstio]);
const probe = { cluster: 'local', namespace: 'shop', labelSelector: 'app=client', port: 8080 };

interface Wanted {
  namespace: string;
  name: string;
  node: string;
  labels?: Record<string, string>;
  containers?: string[];
  initContainers?: string[];
}

function pod({
  namespace,
  name,
  node,
  labels = {},
  containers = [],
  initContainers = [],
}: Wanted): KubernetesObject {
  const named = (names: string[]) => names.map((each) => ({ name: each }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels },
    spec: { nodeName: node, containers: named(containers), initContainers: named(initContainers) },
  };
}

function clusterOf(pods: KubernetesObject[]): ClusterClient {
  const list = ({ namespace, labelSelector = '' }: { namespace?: string; labelSelector?: string }) =>
    Promise.resolve(
      pods.filter(
        ({ metadata }) =>
          metadata.namespace === namespace &&
          labelSelector
            .split(',')
            .filter((each) => each !== '')
            .every((each) => metadata.labels?.[each.split('=')[0] ?? ''] === each.split('=')[1]),
      ),
    );
  return { list } as unknown as ClusterClient;
}

const istiod = (revision: string) => ({
  namespace: 'istio-system',
  name: `istiod-${revision}`,
  node: 'three',
  labels: { app: 'istiod', 'istio.io/rev': revision },
  containers: ['discovery'],
});
const ztunnel = (node: string) => ({
  namespace: 'istio-system',
  name: `ztunnel-${node}`,
  node,
  labels: { app: 'ztunnel' },
  containers: ['istio-proxy'],
});

describe('the parts of a mesh on the way of requests', () => {
  const pods = [
    pod({ namespace: 'shop', name: 'client', node: 'one', containers: ['client', 'istio-proxy'] }),
    pod({
      namespace: 'back',
      name: 'server',
      node: 'two',
      containers: ['server'],
      initContainers: ['istio-proxy'],
    }),
    pod({ namespace: 'other', name: 'bystander', node: 'four', containers: ['istio-proxy'] }),
    ...['one', 'two', 'four'].map((node) => pod(ztunnel(node))),
    ...['1-30-0', '1-31-0'].map((revision) => pod(istiod(revision))),
  ];
  const endpoint = { protocol: LoadProtocol.http1, address: 'http://server.back:8080/' };

  it('are the proxies of both ends, those of their nodes, and every control plane', async () => {
    const parts = await findCostParts(clusterOf(pods), registry, { probe, endpoint, scope: {} });
    expect(parts.proxies.map(({ key }) => key)).toEqual([
      'shop/client/istio-proxy',
      'back/server/istio-proxy',
      'istio-system/ztunnel-one/istio-proxy',
      'istio-system/ztunnel-two/istio-proxy',
    ]);
    expect(parts.controlPlane.map(({ key }) => key)).toEqual([
      'istio-system/istiod-1-30-0/discovery',
      'istio-system/istiod-1-31-0/discovery',
    ]);
    expect(parts.nodes).toEqual(['one', 'two']);
  });

  it('are those of one revision and of the namespaces that are named', async () => {
    const scope = { mesh: 'istio', revision: '1-31-0', namespaces: ['other'] };
    const parts = await findCostParts(clusterOf(pods), registry, { probe, endpoint, scope });
    expect(parts.proxies.map(({ node }) => node)).toEqual(['four', 'four']);
    expect(parts.controlPlane).toEqual([{ node: 'three', key: 'istio-system/istiod-1-31-0/discovery' }]);
  });

  it('are refused of a mesh that nobody knows', async () => {
    const asking = findCostParts(clusterOf(pods), registry, { probe, endpoint, scope: { mesh: 'nosuch' } });
    await expect(asking).rejects.toMatchObject({ code: 'UNKNOWN_PLUGIN' });
  });
});

describe('the namespaces of a probe and an address', () => {
  it.each([
    ['http://server:8080/', ['shop']],
    ['http://server.back:8080/x?y=a.b', ['shop', 'back']],
    ['https://me:secret@server.back.svc.cluster.local/', ['shop', 'back']],
    ['server.back.svc:9000', ['shop', 'back']],
    ['http://shop.example.com/', ['shop']],
  ])('of %s', (address, expected) => {
    expect(namespacesOf(probe, { protocol: LoadProtocol.http1, address })).toEqual(expected);
  });
});
