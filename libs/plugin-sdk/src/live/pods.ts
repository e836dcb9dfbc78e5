import type { ClusterPort, ListQuery } from '../ports.ts';
import { Pod } from './shapes.ts';

/** `<namespace>/<name>`. */
export function podName({ metadata }: Pick<Pod, 'metadata'>): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Whether a pod still runs or will: neither ended nor on its way out. */
export function isLive({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed'
  );
}

/** The pods of a query, or of the whole cluster, that still run or will. */
export async function livePods(
  cluster: ClusterPort,
  query: Omit<ListQuery, 'apiVersion' | 'kind'> = {},
): Promise<Pod[]> {
  const objects = await cluster.list({ ...query, apiVersion: 'v1', kind: 'Pod' });
  return objects.map((object) => Pod.parse(object)).filter(isLive);
}

const restartableOwners = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet']);

/** Whether a pod comes from a workload that a restart renews. */
export function hasRestartableOwner({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return metadata.ownerReferences.some(
    ({ kind, controller }) => controller === true && restartableOwners.has(kind),
  );
}

const shownPods = 5;

/** One line per namespace with its pods, the first of them by name. */
export function podsByNamespace(pods: readonly Pod[]): string[] {
  const namespaces = Map.groupBy(pods, ({ metadata }) => metadata.namespace);
  return [...namespaces].sort().map(([namespace, members]) => {
    const names = members.slice(0, shownPods).map(({ metadata }) => metadata.name);
    const more = members.length > shownPods ? ` and ${members.length - shownPods} more` : '';
    return `${namespace}: ${names.join(', ')}${more}`;
  });
}
