import type { ClusterClient } from '@meshwright/cluster';
import { type KubernetesObject, referenceOf } from '@meshwright/model';
import { type StandIn, standIn } from '../stand-in.ts';
import type { Scene } from './scene.ts';

const fieldManager = 'simulated-ambient';
const redirection = 'ambient.istio.io/redirection';
const gateways = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' };

/**
 * Does what Meshwright waits for in ambient mode and simulated pods cannot do: as the CNI agent, mark the pods of
 * labelled namespaces as captured, and the others not; as istiod, program waypoints. No traffic is captured by it.
 */
export function standInForAmbient({ testbed }: Scene): StandIn {
  return standIn(testbed.kubeconfig, async (cluster, signal) => {
    await capture(cluster, signal);
    await program(cluster, signal);
  });
}

async function capture(cluster: ClusterClient, signal: AbortSignal): Promise<void> {
  const agent = { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'istio-system' };
  if ((await cluster.get({ ...agent, name: 'istio-cni-node' })) === undefined) return;
  const labelSelector = 'istio.io/dataplane-mode=ambient';
  const namespaces = await cluster.list({ apiVersion: 'v1', kind: 'Namespace', labelSelector, signal });
  const enrolled = new Set(namespaces.map(({ metadata }) => metadata.name));
  for (const pod of await cluster.list({ apiVersion: 'v1', kind: 'Pod', signal })) {
    const isCaptured = pod.metadata.annotations?.[redirection] === 'enabled';
    if (isCaptured === enrolled.has(pod.metadata.namespace ?? '')) continue;
    const annotations = { [redirection]: isCaptured ? null : 'enabled' };
    await cluster.mergePatch(referenceOf(pod), { metadata: { annotations } }, { fieldManager, signal });
  }
}

async function program(cluster: ClusterClient, signal: AbortSignal): Promise<void> {
  if (!(await cluster.serves(gateways.apiVersion, gateways.kind))) return;
  for (const gateway of await cluster.list({ ...gateways, signal })) {
    if (!isProgrammed(gateway)) await tellProgrammed(cluster, gateway, signal);
  }
}

interface Condition {
  type: string;
  observedGeneration?: number;
}

function isProgrammed({ metadata, status }: KubernetesObject): boolean {
  const conditions = (status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
  const programmed = conditions.find(({ type }) => type === 'Programmed');
  return programmed?.observedGeneration === metadata.generation;
}

async function tellProgrammed(
  cluster: ClusterClient,
  { metadata: { name, namespace = '', generation: observedGeneration } }: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  const told = { reason: 'Simulated', message: '', lastTransitionTime: new Date().toISOString() };
  const conditions = ['Accepted', 'Programmed'].map((type) => ({
    type,
    status: 'True',
    observedGeneration,
    ...told,
  }));
  await cluster.transport.send({
    method: 'PATCH',
    path: `/apis/${gateways.apiVersion}/namespaces/${namespace}/gateways/${name}/status`,
    body: JSON.stringify({ status: { conditions } }),
    headers: { 'content-type': 'application/merge-patch+json' },
    signal,
  });
}
