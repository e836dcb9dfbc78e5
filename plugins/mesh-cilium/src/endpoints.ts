import { z } from 'zod';
import type { ObjectReference } from '@meshwright/model';
import { type ClusterPort, isLive, type Pod, readWorkloads } from '@meshwright/plugin-sdk';
import { settings } from './names.ts';

const Data = z.object({ data: z.record(z.string(), z.string()).default({}) });

/**
 * Of some namespaces, the workloads with pods that Cilium does not know: they started with another CNI plugin, or with
 * none, and no policy or observation is about them until they restart (Cilium's installation guide, "Restart unmanaged
 * pods").
 */
export async function unmanagedWorkloads(
  namespaces: readonly string[],
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  const unmanaged: ObjectReference[] = [];
  for (const namespace of [...namespaces].sort()) {
    const known = await endpointsIn(namespace, cluster);
    if (known === undefined) return [];
    const { workloads } = await readWorkloads(cluster, namespace);
    unmanaged.push(
      ...workloads.filter(({ pods }) => pods.some(isUnknownTo(known))).map(({ reference }) => reference),
    );
  }
  return unmanaged;
}

/** Of some namespaces, the pods that Cilium does not know. */
export async function unmanagedPods(namespaces: readonly string[], cluster: ClusterPort): Promise<Pod[]> {
  const unmanaged: Pod[] = [];
  for (const namespace of [...namespaces].sort()) {
    const known = await endpointsIn(namespace, cluster);
    if (known === undefined) return [];
    const { workloads, otherPods } = await readWorkloads(cluster, namespace);
    const pods = [...workloads.flatMap((workload) => workload.pods), ...otherPods];
    unmanaged.push(...pods.filter(isUnknownTo(known)));
  }
  return unmanaged;
}

/** The names of pods with a CiliumEndpoint, which has the name of its pod; undefined where Cilium is told to keep none. */
async function endpointsIn(namespace: string, cluster: ClusterPort): Promise<Set<string> | undefined> {
  const live = await cluster.get(settings);
  if (Data.parse(live ?? {}).data['disable-endpoint-crd'] === 'true') return undefined;
  const found = await cluster.list({ apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', namespace });
  return new Set(found.map(({ metadata }) => metadata.name));
}

/** A pod in its node's own network has no endpoint of its own. */
function isUnknownTo(known: ReadonlySet<string>): (pod: Pod) => boolean {
  return (pod) => isLive(pod) && pod.spec.hostNetwork !== true && !known.has(pod.metadata.name);
}
