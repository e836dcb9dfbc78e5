import type { ClusterPort, Enrollment } from '@meshwright/plugin-sdk';
import type { KubernetesObject, ObjectReference } from '@meshwright/model';
import { injectionLabel } from './revisions.ts';
import { type Wanted, difference, isLive, isManagedGateway, isOptedOut, proxyImage } from './sidecar.ts';
import { asksForSidecar } from './ambient/labels.ts';
import { Pod, Workload } from './shapes.ts';

const revisionLabel = 'istio.io/rev';

/**
 * The tag `default`, or the control plane without a revision, injects where `istio-injection: enabled` stands: the label
 * stays through every upgrade. It wins over `istio.io/rev`, and a namespace label of ambient mode contradicts it (Istio's
 * sidecar injection guide).
 */
export function enroll(): Enrollment {
  return {
    labels: { [injectionLabel]: 'enabled' },
    annotations: {},
    removeLabels: [revisionLabel, 'istio.io/dataplane-mode'],
  };
}

/** One control plane injects by its revision, whichever has the tag (Istio's canary upgrade guide). */
export function enrollAt(revision: string): Enrollment {
  return { labels: { [revisionLabel]: revision }, annotations: {}, removeLabels: [injectionLabel] };
}

/** The sidecar leaves the port to the pod (Istio's resource annotations). */
export function exemptPort(port: number): Record<string, string> {
  return { 'traffic.sidecar.istio.io/excludeInboundPorts': String(port) };
}

/** A workload of a namespace with its pods that have not ended. */
export interface RunningWorkload {
  reference: ObjectReference;
  labels: Record<string, string>;
  templateLabels: Record<string, string>;
  /** How many pods it wants. */
  replicas: number;
  optsOut: boolean;
  /** Whether istiod deploys it, for a `Gateway`: it rolls by itself. */
  managed: boolean;
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

/**
 * The workloads some of whose pods are not in the mesh, or of another control plane. One that opts out restarts only to
 * get rid of a proxy from before.
 */
export async function outdatedWorkloads(
  namespaces: string[],
  wanted: Wanted,
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  return selectWorkloads(namespaces, cluster, ({ pods, optsOut }) =>
    pods.some((pod) => (proxyImage(pod) === undefined ? !optsOut : difference(pod, wanted) !== undefined)),
  );
}

/** The workloads some of whose pods have a proxy. */
export async function meshedWorkloads(
  namespaces: string[],
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  return selectWorkloads(namespaces, cluster, ({ pods }) =>
    pods.some((pod) => proxyImage(pod) !== undefined),
  );
}

/**
 * The workloads some of whose pods have a sidecar that they did not ask for: in ambient mode they restart to leave it, for
 * a pod with a sidecar is not captured.
 */
export async function sidecarWorkloads(
  namespaces: string[],
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  return selectWorkloads(namespaces, cluster, ({ pods }) =>
    pods.some((pod) => proxyImage(pod) !== undefined && !asksForSidecar(pod.metadata)),
  );
}

async function selectWorkloads(
  namespaces: string[],
  cluster: ClusterPort,
  isSelected: (workload: RunningWorkload) => boolean,
): Promise<ObjectReference[]> {
  const selected: ObjectReference[] = [];
  for (const namespace of [...namespaces].sort()) {
    const { workloads } = await readWorkloads(cluster, namespace);
    for (const workload of workloads) {
      if (!workload.managed && isSelected(workload)) selected.push(workload.reference);
    }
  }
  return selected;
}

function toWorkload(object: KubernetesObject, namespace: string): RunningWorkload {
  const { kind, metadata, spec, status } = Workload.parse(object);
  return {
    reference: { apiVersion: 'apps/v1', kind, name: metadata.name, namespace },
    labels: metadata.labels,
    templateLabels: spec.template.metadata.labels,
    replicas: kind === 'DaemonSet' ? (status.desiredNumberScheduled ?? 0) : spec.replicas,
    optsOut: isOptedOut(spec.template.metadata, spec.template.spec),
    managed: isManagedGateway(spec.template),
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
