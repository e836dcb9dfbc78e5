import type { KubernetesObject, WorkloadSpec } from '@meshwright/model';
import {
  type ClusterPort,
  enrolledIn,
  hasRestartableOwner,
  isLabelledByUs,
  livePods,
  type Pod,
  podName,
  refusePods,
  unmovedPods,
} from '@meshwright/plugin-sdk';
import { dataplaneMode, isCaptured, isNodeProxy } from './ambient/labels.ts';
import { charts, gatewayNamespace } from './names.ts';
import { injectionLabel } from './revisions.ts';
import { isManagedGateway, proxyRevision } from './sidecar.ts';
import type { Target } from './target.ts';

/** The running pods anywhere on the cluster that have a proxy, of one of these revisions where any are given. */
export async function proxiedPods(cluster: ClusterPort, revisions?: ReadonlySet<string>): Promise<Pod[]> {
  const pods = await livePods(cluster);
  return pods.filter((pod) => {
    const revision = proxyRevision(pod);
    return revision !== undefined && (revisions?.has(revision) ?? true);
  });
}

/** The running pods anywhere on the cluster that are in the mesh, with a proxy of their own or by that of their node. */
export async function meshedPods(cluster: ClusterPort): Promise<Pod[]> {
  const pods = await livePods(cluster);
  return pods.filter((pod) => !isOwn(pod) && (proxyRevision(pod) !== undefined || isCaptured(pod)));
}

/** The running pods anywhere that take their configuration from a control plane which the change retires. */
export async function retiringPods({ retired }: Target, cluster: ClusterPort): Promise<Pod[]> {
  if (retired.length === 0) return [];
  return proxiedPods(cluster, new Set(retired.map(({ revision }) => revision)));
}

/**
 * Of the pods of a control plane that is retired, those that the change does not move would be cut off.
 * @throws MeshwrightError PREFLIGHT_FAILED with their namespaces.
 */
export async function refuseOutsiders(
  pods: Pod[],
  workloads: WorkloadSpec[],
  cluster: ClusterPort,
): Promise<void> {
  const revisions = new Set(pods.map((pod) => proxyRevision(pod) ?? ''));
  const pinned = await pinnedGateways(pods, revisions, cluster);
  const others = pods.filter((pod) => !isManagedGateway(pod) && !isOwn(pod));
  const known = new Set(workloads.map(({ namespace }) => namespace));
  refusePods([...pinned, ...(await unmoved(others, enrolledIn(workloads), known, cluster))], {
    message: `Pods that this pattern does not move still use the control plane of revision ${[...revisions].join(', ')}, which would be retired: they would be cut off.`,
    remedy:
      'Enroll their namespaces in the pattern, so that they are restarted with the others; or take them out of the mesh first: remove the labels istio-injection and istio.io/rev, and restart them.',
  });
}

/** Of these pods, those of namespaces that a change neither enrolls nor lets go; `leaving` as in {@link MovedNamespaces}. */
export async function unmoved(
  pods: Pod[],
  enrolled: ReadonlySet<string>,
  leaving: ReadonlySet<string> | undefined,
  cluster: ClusterPort,
): Promise<Pod[]> {
  const isOurs = (namespace: KubernetesObject) =>
    [injectionLabel, dataplaneMode].some((label) => isLabelledByUs(namespace, label));
  return unmovedPods(pods, { enrolled, ...(leaving === undefined ? {} : { leaving }), isOurs }, cluster);
}

/** Pods of enrolled namespaces that no restart of a workload moves: a warning each. */
export function unmovablePods(pods: Pod[], workloads: WorkloadSpec[]): string[] {
  const enrolled = enrolledIn(workloads);
  return pods
    .filter((pod) => enrolled.has(pod.metadata.namespace) && !hasRestartableOwner(pod))
    .map(
      (pod) =>
        `Pod ${podName(pod)} belongs to no workload that restarts: the change waits until it has ended or somebody deletes it.`,
    );
}

/** Whether a pod is of what this plugin itself installs, and its stages replace. */
export function isOwn(pod: Pod): boolean {
  return isOwnGateway(pod) || isNodeProxy(pod);
}

/** Whether a pod is of the gateway that this plugin installs: it restarts in a stage of its own. */
function isOwnGateway({ metadata }: Pod): boolean {
  return (
    metadata.namespace === gatewayNamespace &&
    metadata.labels['app.kubernetes.io/instance'] === charts.gateway.releaseName
  );
}

/**
 * Pods of gateways that istiod deploys and that name a retired revision, by their `Gateway` or its namespace; without
 * such a name they follow the tag (`IsMine` of pkg/revisions in istio/istio).
 */
async function pinnedGateways(
  pods: Pod[],
  retired: ReadonlySet<string>,
  cluster: ClusterPort,
): Promise<Pod[]> {
  const pinned: Pod[] = [];
  for (const pod of pods.filter(isManagedGateway)) {
    const { namespace, labels } = pod.metadata;
    const name = labels['gateway.networking.k8s.io/gateway-name'] ?? '';
    const gateway = await cluster.get({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      namespace,
      name,
    });
    const named =
      gateway?.metadata.labels?.['istio.io/rev'] ??
      (await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }))?.metadata.labels?.[
        'istio.io/rev'
      ];
    if (named !== undefined && retired.has(named)) pinned.push(pod);
  }
  return pinned;
}
