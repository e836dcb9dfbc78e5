import { MeshwrightError } from '@meshwright/model';
import type { ClusterPort } from '@meshwright/plugin-sdk';
import { charts, gatewayNamespace } from './names.ts';
import { Pod } from './shapes.ts';
import { isLive, isManagedGateway, podName, proxyRevision } from './sidecar.ts';
import type { Target } from './target.ts';

/** The running pods anywhere on the cluster that have a proxy, of one of these revisions where any are given. */
export async function proxiedPods(cluster: ClusterPort, revisions?: ReadonlySet<string>): Promise<Pod[]> {
  const pods = (await cluster.list({ apiVersion: 'v1', kind: 'Pod' })).map((object) => Pod.parse(object));
  return pods.filter((pod) => {
    const revision = proxyRevision(pod);
    return isLive(pod) && revision !== undefined && (revisions?.has(revision) ?? true);
  });
}

/**
 * Pods outside the pattern that take their configuration from a control plane that is retired: nobody would restart
 * them, and they would be cut off.
 * @throws MeshwrightError PREFLIGHT_FAILED with their namespaces.
 */
export async function refuseOutsiders(
  target: Target,
  enrolled: string[],
  cluster: ClusterPort,
): Promise<void> {
  const pods = await retiringPods(target, cluster);
  const pinned = await pinnedGateways(pods, target, cluster);
  const outside = pods.filter((pod) =>
    isManagedGateway(pod)
      ? pinned.has(pod)
      : !enrolled.includes(pod.metadata.namespace) && !isOwnGateway(pod),
  );
  if (outside.length === 0) return;
  const revisions = target.retired.map(({ revision }) => `"${revision}"`).join(', ');
  throw new MeshwrightError(
    'PREFLIGHT_FAILED',
    `Pods that this pattern does not move still use the control plane of revision ${revisions}, which would be retired: they would be cut off.`,
    {
      lines: byNamespace(outside),
      remedy:
        'Enroll their namespaces in the pattern, so that they are restarted with the others; or take them out of the mesh first: remove the labels istio-injection and istio.io/rev, and restart them.',
    },
  );
}

/** Pods of enrolled namespaces that no restart of a workload moves: a warning each. */
export async function unmovablePods(
  target: Target,
  enrolled: string[],
  cluster: ClusterPort,
): Promise<string[]> {
  const pods = await retiringPods(target, cluster);
  return pods
    .filter(({ metadata }) => enrolled.includes(metadata.namespace) && !hasRestartableOwner(metadata))
    .map(
      (pod) =>
        `Pod ${podName(pod)} belongs to no workload that restarts: the change waits until it has ended or somebody deletes it.`,
    );
}

/** One line per namespace with its pods, the first of them by name. */
export function byNamespace(pods: Pod[]): string[] {
  const namespaces = Map.groupBy(pods, ({ metadata }) => metadata.namespace);
  return [...namespaces].sort().map(([namespace, members]) => {
    const names = members.slice(0, shownPods).map(({ metadata }) => metadata.name);
    const more = members.length > shownPods ? ` and ${members.length - shownPods} more` : '';
    return `${namespace}: ${names.join(', ')}${more}`;
  });
}

const shownPods = 5;

/** Whether a pod is of the gateway that this plugin installs: it restarts in a stage of its own. */
export function isOwnGateway({ metadata }: Pod): boolean {
  return (
    metadata.namespace === gatewayNamespace &&
    metadata.labels['app.kubernetes.io/instance'] === charts.gateway.releaseName
  );
}

async function retiringPods({ retired }: Target, cluster: ClusterPort): Promise<Pod[]> {
  const revisions = new Set(retired.map(({ revision }) => revision));
  return revisions.size === 0 ? [] : proxiedPods(cluster, revisions);
}

const restartableOwners = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet']);

function hasRestartableOwner({ ownerReferences }: Pod['metadata']): boolean {
  return ownerReferences.some(({ kind, controller }) => controller === true && restartableOwners.has(kind));
}

/**
 * Pods of gateways that istiod deploys and that name a retired revision, by their `Gateway` or its namespace; without
 * such a name they follow the tag (`IsMine` of pkg/revisions in istio/istio).
 */
async function pinnedGateways(pods: Pod[], target: Target, cluster: ClusterPort): Promise<Set<Pod>> {
  const retired = new Set(target.retired.map(({ revision }) => revision));
  const pinned = new Set<Pod>();
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
    if (named !== undefined && retired.has(named)) pinned.add(pod);
  }
  return pinned;
}
