import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject } from '@meshwright/model';
import type { StandIn, TrialCluster } from '@meshwright/plugin-testkit';
import { systemNamespace } from '../names.ts';
import { custom } from './objects.ts';

const operator = 'cilium-operator-generic';
const agent = 'cilium-agent';
const servedAttempts = 300;

/** Kinds that Cilium's operator makes, as far as the plugin looks at them. */
const kinds = [
  { kind: 'CiliumNode', plural: 'ciliumnodes', scope: 'Cluster' },
  { kind: 'CiliumIdentity', plural: 'ciliumidentities', scope: 'Cluster' },
  { kind: 'CiliumEndpoint', plural: 'ciliumendpoints', scope: 'Namespaced' },
  { kind: 'CiliumNetworkPolicy', plural: 'ciliumnetworkpolicies', scope: 'Namespaced' },
  { kind: 'CiliumClusterwideNetworkPolicy', plural: 'ciliumclusterwidenetworkpolicies', scope: 'Cluster' },
];

/**
 * Makes what Cilium's operator and agents make while they run: its kinds, a CiliumNode for each node, a CiliumEndpoint for
 * each pod of the namespaces, the operator's lock, and the Secrets of its certificates. A node more lets agents be replaced
 * one after the other; nothing but them starts there.
 */
export async function standInForCilium(cluster: TrialCluster, mesh: TrialCluster): Promise<StandIn> {
  const node = await addNode(cluster);
  return {
    async applied(stage, namespaces) {
      if (!/^(undo-)?(release|verify|restart)$|^helm$/.test(stage)) return;
      for (const each of kinds) {
        await mesh.apply(definitionOf(each), operator);
        await untilServed(cluster, each.kind);
      }
      for (const object of await madeByCilium(cluster, namespaces)) {
        await mesh.apply(object, object.kind === 'Secret' ? 'cilium-certgen' : agent);
      }
    },
    stop: () => cluster.remove({ apiVersion: 'v1', kind: 'Node', name: node }),
  };
}

async function madeByCilium(
  cluster: TrialCluster,
  namespaces: readonly string[],
): Promise<KubernetesObject[]> {
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
  const pods = await Promise.all(
    namespaces.map((namespace) => cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace })),
  );
  const place = { namespace: systemNamespace };
  const secrets = ['cilium-ca', 'hubble-server-certs', 'hubble-relay-client-certs'];
  return [
    ...nodes.map(({ metadata }) => custom('CiliumNode', metadata.name)),
    ...pods
      .flat()
      .map(({ metadata: { name, namespace = '' } }) =>
        custom('CiliumEndpoint', name, { metadata: { name, namespace } }),
      ),
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...place, name: 'cilium-operator-resource-lock' },
    },
    ...secrets.map((name) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...place, name },
      stringData: { 'ca.crt': name },
    })),
  ];
}

async function addNode(cluster: TrialCluster): Promise<string> {
  const name = `cilium-${randomUUID().slice(0, 8)}`;
  const resources = { cpu: '16', memory: '64Gi', pods: '110' };
  const [first] = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
  const labels = { ...first?.metadata.labels, 'kubernetes.io/hostname': name };
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    spec: { taints: [{ key: 'meshwright.dev/test', value: 'cilium', effect: 'NoSchedule' }] },
    status: { allocatable: resources, capacity: resources },
  };
  await cluster.apply(node, 'test');
  return name;
}

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

async function untilServed(cluster: TrialCluster, kind: string): Promise<void> {
  for (let attempt = 0; !(await cluster.serves('cilium.io/v2', kind)); attempt += 1) {
    if (attempt === servedAttempts) throw new Error(`The API server serves no ${kind}.`);
    await delay(100);
  }
}
