import type { ClusterPort, Enrollment } from '@meshwright/plugin-sdk';
import type { KubernetesObject, MeshSpec, ObjectReference } from '@meshwright/model';
import { proxyContainer } from './names.ts';
import { type Metadata, Pod, type PodSpec, Workload } from './shapes.ts';
import { sameNumbers, versionOfImage } from './versions.ts';

/**
 * The default revision injects where `istio-injection: enabled` stands; it wins over `istio.io/rev`, and a namespace
 * label of ambient mode contradicts it (Istio's sidecar injection guide).
 */
export function enroll(): Enrollment {
  return {
    labels: { 'istio-injection': 'enabled' },
    annotations: {},
    removeLabels: ['istio.io/rev', 'istio.io/dataplane-mode'],
  };
}

/** A workload of a namespace with its pods that have not ended. */
export interface RunningWorkload {
  reference: ObjectReference;
  /** How many pods it wants. */
  replicas: number;
  optsOut: boolean;
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

/** The workloads some of whose pods are not in the mesh, or in another version of it. */
export async function outdatedWorkloads(
  namespaces: string[],
  mesh: MeshSpec,
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  const outdated: ObjectReference[] = [];
  for (const namespace of [...namespaces].sort()) {
    const { workloads } = await readWorkloads(cluster, namespace);
    for (const { reference, pods, optsOut } of workloads) {
      if (!optsOut && pods.some((pod) => !hasProxyOf(pod, mesh.version))) outdated.push(reference);
    }
  }
  return outdated;
}

/** The image of the sidecar: a container, or an init container that goes on running. */
export function proxyImage({ spec }: Pod): string | undefined {
  const { containers, initContainers = [] } = spec;
  const native = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containers, ...native].find(({ name }) => name === proxyContainer)?.image;
}

/** The version of a pod's proxy where its image names one that differs; the image of a private build may name none. */
export function otherVersion(pod: Pod, version: string): string | undefined {
  const image = proxyImage(pod);
  const actual = image === undefined ? undefined : versionOfImage(image);
  return actual === undefined || sameNumbers(actual, version) ? undefined : actual;
}

/** `<namespace>/<name>`. */
export function podName({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/**
 * Whether istiod leaves such pods alone: they say so, or use the network of their node. The label counts more than the
 * annotation of the same name (pkg/kube/inject in istio/istio).
 */
export function isOptedOut(
  { labels, annotations }: Pick<Metadata, 'labels' | 'annotations'>,
  spec: PodSpec,
): boolean {
  const wish = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  return wish === 'false' || spec.hostNetwork === true;
}

function hasProxyOf(pod: Pod, version: string): boolean {
  return proxyImage(pod) !== undefined && otherVersion(pod, version) === undefined;
}

function isLive({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed'
  );
}

function toWorkload(object: KubernetesObject, namespace: string): RunningWorkload {
  const { kind, metadata, spec, status } = Workload.parse(object);
  return {
    reference: { apiVersion: 'apps/v1', kind, name: metadata.name, namespace },
    replicas: kind === 'DaemonSet' ? (status.desiredNumberScheduled ?? 0) : spec.replicas,
    optsOut: isOptedOut(spec.template.metadata, spec.template.spec),
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
