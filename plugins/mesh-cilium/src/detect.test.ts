import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { fakeContext } from '@meshwright/plugin-testkit';
import { detect } from './detect.ts';
import { unmanagedWorkloads } from './endpoints.ts';
import { leftovers } from './leftovers.ts';
import { custom, daemonSet, deployment, pod } from './test-support/objects.ts';

function on(...objects: KubernetesObject[]) {
  return fakeContext({ objects }).cluster;
}

const applied = [{ manager: 'meshwright', operation: 'Apply' }];

describe('what is found', () => {
  it('is nothing on a cluster without agents', async () => {
    expect(await detect(on(daemonSet('calico-node')))).toEqual([]);
  });

  it('is Cilium with its version, its keeper and its health', async () => {
    expect(await detect(on(daemonSet('cilium'), deployment('cilium-operator')))).toEqual([
      {
        version: '1.20.2',
        revision: 'default',
        mode: 'node',
        namespace: 'kube-system',
        managedBy: 'helm',
        healthy: true,
        notes: [],
      },
    ]);
  });

  it('says what is not healthy', async () => {
    const [found] = await detect(on(daemonSet('cilium', { ready: 1 })));
    expect(found).toMatchObject({ healthy: false });
    expect(found?.notes.join()).toMatch(/ready on 1 of 2 nodes.*cilium-operator is not there/);
  });

  it.each([
    ['registry.local:5000/cilium:1.19.3', {}, '1.19.3'],
    ['cilium@sha256:0', { 'helm.sh/chart': 'cilium-1.20.1' }, '1.20.1'],
    ['cilium@sha256:0', {}, 'unknown'],
    ['cilium:stable', {}, 'unknown'],
  ])('reads a version from the image %s and the labels %j', async (image, more, version) => {
    const labels = { 'k8s-app': 'cilium', ...more };
    expect((await detect(on(daemonSet('cilium', { image, metadata: { labels } }))))[0]?.version).toBe(
      version,
    );
  });

  it.each<[string, Partial<KubernetesObject['metadata']>]>([
    ['meshwright', { managedFields: applied }],
    ['helm', {}],
    ['cilium-cli', { annotations: {}, managedFields: [{ manager: 'cilium', operation: 'Update' }] }],
    [
      'cilium-olm',
      { ownerReferences: [{ apiVersion: 'cilium.io/v1alpha1', kind: 'CiliumConfig', name: 'c' }] },
    ],
    ['the cloud provider', { labels: { 'k8s-app': 'cilium', 'kubernetes.azure.com/managedby': 'aks' } }],
  ])('is kept by %s', async (keeper, metadata) => {
    expect((await detect(on(daemonSet('cilium', { metadata }))))[0]?.managedBy).toBe(keeper);
  });
});

describe('what it leaves', () => {
  const live = (object: KubernetesObject, metadata: object) => ({
    ...object,
    metadata: { ...object.metadata, uid: object.metadata.name, ...metadata },
  });
  const definition = (kind: string, plural: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: plural, uid: plural, labels: { 'io.cilium.k8s.crd.schema.version': '1' } },
    spec: { group: 'cilium.io', names: { kind }, versions: [{ name: 'v2' }] },
  });
  const inSystem = (kind: string, apiVersion: string, name: string, manager: string) =>
    live(
      { apiVersion, kind, metadata: { name, namespace: 'kube-system' } },
      { managedFields: [{ manager, operation: 'Update' }] },
    );
  const objects = [
    definition('CiliumNode', 'nodes'),
    custom('CiliumNode', 'one'),
    definition('CiliumNetworkPolicy', 'policies'),
    definition('CiliumClusterwideNetworkPolicy', 'wide'),
    live(custom('CiliumClusterwideNetworkPolicy', 'ours'), { managedFields: applied }),
    inSystem('Lease', 'coordination.k8s.io/v1', 'cilium-operator-resource-lock', 'cilium-operator-generic'),
    inSystem('Lease', 'coordination.k8s.io/v1', 'kube-scheduler', 'kube-scheduler'),
    inSystem('Secret', 'v1', 'cilium-ca', 'cilium-certgen'),
    inSystem('Secret', 'v1', 'cilium-ipsec-keys', 'kubectl'),
  ];

  it('is what it made by itself, with the definitions that nobody else uses', async () => {
    expect((await leftovers(on(...objects))).map(({ name }) => name)).toEqual([
      'cilium-operator-resource-lock',
      'cilium-ca',
      'nodes',
      'policies',
      'wide',
    ]);
  });

  it('is not a definition of what others wrote', async () => {
    const theirs = custom('CiliumNetworkPolicy', 'theirs');
    expect((await leftovers(on(...objects, theirs))).map(({ name }) => name)).not.toContain('policies');
  });

  it('is nothing while another’s Cilium runs', async () => {
    expect(await leftovers(on(...objects, daemonSet('cilium')))).toEqual([]);
  });
});

describe('what must restart to be in it', () => {
  const server = { ...deployment('server'), metadata: { name: 'server', namespace: 'shop' } };
  const owner = { ...daemonSet('logs'), metadata: { name: 'logs', namespace: 'shop' } };

  it('is a workload with a pod that it does not know', async () => {
    const cluster = on(server, owner, pod('logs-1', { owner: 'logs' }));
    expect(await unmanagedWorkloads(['shop'], cluster)).toEqual([
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'logs', namespace: 'shop' },
    ]);
  });

  it('is none whose pods it knows, or that are in the network of their node', async () => {
    const known = custom('CiliumEndpoint', 'logs-1', { metadata: { name: 'logs-1', namespace: 'shop' } });
    const cluster = on(
      owner,
      pod('logs-1', { owner: 'logs' }),
      known,
      pod('logs-2', { owner: 'logs', host: true }),
    );
    expect(await unmanagedWorkloads(['shop'], cluster)).toEqual([]);
  });
});
