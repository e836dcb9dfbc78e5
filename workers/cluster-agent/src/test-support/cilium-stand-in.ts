import type { ClusterClient } from '@meshwright/cluster';
import type { KubernetesObject } from '@meshwright/model';
import { expect, vi } from 'vitest';

/** Kinds that Cilium's operator makes, as far as these tests look at them. */
const kinds = [
  { kind: 'CiliumNode', plural: 'ciliumnodes', scope: 'Cluster' },
  { kind: 'CiliumIdentity', plural: 'ciliumidentities', scope: 'Cluster' },
  { kind: 'CiliumEndpoint', plural: 'ciliumendpoints', scope: 'Namespaced' },
  { kind: 'CiliumNetworkPolicy', plural: 'ciliumnetworkpolicies', scope: 'Namespaced' },
  { kind: 'CiliumClusterwideNetworkPolicy', plural: 'ciliumclusterwidenetworkpolicies', scope: 'Cluster' },
];

/**
 * Makes what Cilium's operator and agents make while they run, which nothing does on simulated nodes: its kinds, a CiliumNode
 * for each node, a CiliumEndpoint for each pod of the namespaces, the operator's lock, and the Secrets of its certificates.
 */
export async function standInForCilium(cluster: ClusterClient, namespaces: readonly string[]): Promise<void> {
  for (const each of kinds) {
    await make(cluster, definitionOf(each), 'cilium-operator-generic');
    await untilServed(cluster, each.kind);
  }
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
  for (const { metadata } of nodes) await make(cluster, custom('CiliumNode', metadata.name), 'cilium-agent');
  for (const namespace of namespaces) {
    const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace });
    for (const { metadata } of pods) {
      const endpoint = custom('CiliumEndpoint', metadata.name, namespace);
      await make(cluster, endpoint, 'cilium-agent');
    }
  }
  const system = { namespace: 'kube-system' };
  await make(
    cluster,
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...system, name: 'cilium-operator-resource-lock' },
    },
    'cilium-operator-generic',
  );
  for (const name of ['cilium-ca', 'hubble-server-certs', 'hubble-relay-client-certs']) {
    await make(
      cluster,
      { apiVersion: 'v1', kind: 'Secret', metadata: { ...system, name }, stringData: { 'ca.crt': name } },
      'cilium-certgen',
    );
  }
}

/** An object of one of Cilium's kinds. */
export function custom(kind: string, name: string, namespace?: string): KubernetesObject {
  return {
    apiVersion: 'cilium.io/v2',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
}

/** The definitions, by name, as they are left when nobody takes them away. */
export const definitionNames = kinds.map(({ plural }) => `${plural}.cilium.io`);

function definitionOf({ kind, plural, scope }: (typeof kinds)[number]): KubernetesObject {
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.cilium.io`, labels: { 'io.cilium.k8s.crd.schema.version': '1.32.5' } },
    spec: {
      group: 'cilium.io',
      scope,
      names: { plural, kind },
      versions: [{ name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

async function make(cluster: ClusterClient, object: KubernetesObject, fieldManager: string): Promise<void> {
  await cluster.apply(object, { fieldManager, force: true });
}

async function untilServed(cluster: ClusterClient, kind: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await cluster.serves('cilium.io/v2', kind)).toBe(true);
    },
    { timeout: 30_000, interval: 100 },
  );
}
