import { isNamespace } from '@meshwright/cluster';
import {
  type BlastRadius,
  Change,
  type ObjectChange,
  type ObjectReference,
  type PlannedStage,
  referenceKey,
} from '@meshwright/model';
import type { ClusterPort } from '@meshwright/plugin-sdk';

const workloadKinds: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Whether pods are rolled by this kind of object. */
export function isWorkload({ apiVersion, kind }: Pick<ObjectReference, 'apiVersion' | 'kind'>): boolean {
  return apiVersion.startsWith('apps/') && workloadKinds.includes(kind);
}

/** The live workloads whose pods a plan replaces: those that restart, and those whose pod template changes. */
export function restartingWorkloads(stages: readonly PlannedStage[]): ObjectReference[] {
  const rolled = stages.flatMap(({ changes }) => changes.filter(rollsPods).map(({ object }) => object));
  const all = [...rolled, ...stages.flatMap(({ restarts }) => restarts)];
  return [...new Map(all.map((reference) => [referenceKey(reference), reference])).values()];
}

/** Whether a change of a workload makes its pods anew. */
export function rollsPods({ object, change, fields }: ObjectChange): boolean {
  return (
    change === Change.update &&
    isWorkload(object) &&
    fields.some(({ path }) => isOrBelow(path, '/spec/template'))
  );
}

/** Whether a JSON pointer is another one, or below it. */
export function isOrBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

/** Whom and what the stages disturb; `pods` are those of the workloads that restart. */
export function reachOf(stages: readonly PlannedStage[], pods: number): BlastRadius {
  const changed = stages
    .flatMap(({ changes }) => changes)
    .filter(({ change }) => change !== Change.unchanged)
    .map(({ object }) => object);
  const restarting = restartingWorkloads(stages);
  const namespaces = [...changed, ...restarting].map(namespaceOf).filter((name) => name !== undefined);
  return { namespaces: [...new Set(namespaces)].sort(), workloads: restarting.length, pods };
}

function namespaceOf(reference: ObjectReference): string | undefined {
  return isNamespace(reference) ? reference.name : reference.namespace;
}

/** How many pods these workloads have now; one list for each kind and namespace. */
export async function countPods(
  workloads: readonly ObjectReference[],
  cluster: Pick<ClusterPort, 'list'>,
): Promise<number> {
  const wanted = new Set(workloads.map(referenceKey));
  const groups = Map.groupBy(workloads, ({ kind, namespace = '' }) => `${namespace}/${kind}`);
  const counts = await Promise.all(
    [...groups.values()].map(async ([first]) => {
      if (first === undefined) return 0;
      const { apiVersion, kind, namespace } = first;
      const live = await cluster.list({
        apiVersion,
        kind,
        ...(namespace === undefined ? {} : { namespace }),
      });
      return live
        .filter(({ metadata: { name } }) => wanted.has(referenceKey({ ...first, name })))
        .reduce((sum, { status }) => sum + podsIn(status), 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A DaemonSet counts its pods by another field (apps/v1, DaemonSetStatus). */
function podsIn(status: unknown): number {
  const { replicas, currentNumberScheduled } = (status ?? {}) as Record<string, unknown>;
  const count = replicas ?? currentNumberScheduled;
  return typeof count === 'number' ? count : 0;
}
