import type { KubernetesObject, ObjectReference } from '@meshwright/model';
import type { ClusterPort } from '../ports.ts';
import { isLive } from './pods.ts';
import { Pod, type PodTemplate, Workload } from './shapes.ts';

/** A workload of a namespace with its pods that have not ended. */
export interface RunningWorkload {
  reference: ObjectReference;
  labels: Record<string, string>;
  template: PodTemplate;
  /** How many pods it wants. */
  replicas: number;
  pods: Pod[];
}

/** What runs in one namespace. */
export interface NamespaceWorkloads {
  namespace: string;
  workloads: RunningWorkload[];
  /** Pods of jobs, of other controllers, or of nobody: a restart is not theirs to have. */
  otherPods: Pod[];
}

/** Reads the workloads of a namespace and whose each pod is. */
export async function readWorkloads(cluster: ClusterPort, namespace: string): Promise<NamespaceWorkloads> {
  const list = (apiVersion: string, kind: string) => cluster.list({ apiVersion, kind, namespace });
  const [pods, replicaSets, ...owners] = await Promise.all([
    list('v1', 'Pod'),
    list('apps/v1', 'ReplicaSet'),
    list('apps/v1', 'Deployment'),
    list('apps/v1', 'StatefulSet'),
    list('apps/v1', 'DaemonSet'),
  ]);
  const deploymentOf = new Map(replicaSets.map((object) => [object.metadata.name, controllerOf(object)]));
  const workloads = owners.flat().map((object) => toWorkload(object, namespace));
  const byName = new Map(workloads.map((workload) => [nameOf(workload.reference), workload]));
  const otherPods: Pod[] = [];
  for (const pod of pods.map((object) => Pod.parse(object)).filter(isLive)) {
    const owner = pod.metadata.ownerReferences.find(({ controller }) => controller === true);
    const top = owner?.kind === 'ReplicaSet' ? deploymentOf.get(owner.name) : owner;
    const workload = top === undefined ? undefined : byName.get(nameOf(top));
    if (workload === undefined) otherPods.push(pod);
    else workload.pods.push(pod);
  }
  return { namespace, workloads, otherPods };
}

/** The selected workloads of these namespaces, by namespace. */
export async function selectWorkloads(
  namespaces: readonly string[],
  cluster: ClusterPort,
  isSelected: (workload: RunningWorkload) => boolean,
): Promise<ObjectReference[]> {
  const selected: ObjectReference[] = [];
  for (const namespace of [...namespaces].sort()) {
    const { workloads } = await readWorkloads(cluster, namespace);
    selected.push(...workloads.filter(isSelected).map(({ reference }) => reference));
  }
  return selected;
}

function toWorkload(object: KubernetesObject, namespace: string): RunningWorkload {
  const { kind, metadata, spec, status } = Workload.parse(object);
  return {
    reference: { apiVersion: 'apps/v1', kind, name: metadata.name, namespace },
    labels: metadata.labels,
    template: spec.template,
    replicas: kind === 'DaemonSet' ? (status.desiredNumberScheduled ?? 0) : spec.replicas,
    pods: [],
  };
}

function controllerOf(object: KubernetesObject): { kind: string; name: string } | undefined {
  const references = object.metadata.ownerReferences as
    { kind: string; name: string; controller?: boolean }[] | undefined;
  return references?.find(({ controller }) => controller === true);
}

function nameOf({ kind, name }: { kind: string; name: string }): string {
  return `${kind}/${name}`;
}
