import type { KubernetesObject } from '@meshwright/model';
import type { ClusterPort, Installation, MeshChange } from '@meshwright/plugin-sdk';
import { Pod } from '../shapes.ts';
import { unmatchedSelectors } from './entrances.ts';
import { kinds, workloadKinds } from './kinds.ts';
import { Lists } from './lists.ts';
import { mergeObjects } from './merge.ts';
import { neededKinds } from './rules/gateway-api.ts';
import { scopeOf } from './scope.ts';
import { type View, patternObjects } from './view.ts';

/** Kinds without which Istio's charts cannot be applied, or istiod does not start. */
const meshKinds = [
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'apps/v1/Deployment',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'discovery.k8s.io/v1/EndpointSlice',
  'policy/v1/PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/ClusterRole',
];

/** Selectors of Gateways whose pods are looked for; a pattern with more unmatched ones has the same mistake often. */
const maxSelectors = 10;

const podQuery = { apiVersion: 'v1', kind: 'Pod' };

/**
 * Reads what the rules need: about a dozen lists at once, and a few more where the mesh is installed or upgraded, or a
 * namespace joins it. The number of reads does not grow with that of objects.
 */
export async function readView(change: MeshChange, cluster: ClusterPort): Promise<View> {
  const { mesh } = change.snapshot.pattern.spec;
  const lists = new Lists(cluster);
  const [kubernetes, notServed] = await Promise.all([
    cluster.version(),
    readNotServed([...meshKinds, ...neededKinds({ mesh, snapshot: change.snapshot })], cluster),
    lists.read('virtualServices', kinds.virtualServices),
    lists.read('destinationRules', kinds.destinationRules),
    lists.read('gateways', kinds.gateways),
    lists.read('serviceEntries', kinds.serviceEntries),
    lists.read('sidecars', kinds.sidecars),
    lists.read('authorizationPolicies', kinds.authorizationPolicies),
    lists.read('peerAuthentications', kinds.peerAuthentications),
    lists.read('services', kinds.services),
    lists.read('namespaces', kinds.namespaces),
    lists.read('injectors', kinds.injectors),
    lists.read('strangers', { ...podQuery, labelSelector: selectorOfStrangers(change.installations) }),
  ]);
  const liveNamespaces = new Map(
    lists.of('namespaces').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
  );
  const scope = scopeOf(change, liveNamespaces);
  const pattern = patternObjects(change.snapshot);
  const restarts = scope.restarting.size > 0;
  const selectors = unmatchedSelectors(mergeObjects(pattern, lists), mesh).slice(0, maxSelectors);
  await Promise.all([
    ...(restarts ? [lists.read('budgets', kinds.budgets)] : []),
    ...(restarts ? workloadKinds.map((kind) => lists.read('workloads', kind)) : []),
    ...(scope.isNew ? [lists.read('proxies', { ...podQuery, labelSelector: 'istio.io/rev' })] : []),
    ...(scope.isNew ? [lists.read('definitions', kinds.definitions)] : []),
    ...(scope.isNew ? [lists.read('validators', kinds.validators)] : []),
    ...selectors.map((labelSelector) => lists.read('entrancePods', { ...podQuery, labelSelector })),
  ]);
  return {
    ...scope,
    ...mergeObjects(pattern, lists),
    mesh,
    snapshot: change.snapshot,
    adopt: change.adopt,
    installations: change.installations,
    kubernetes: kubernetes.replace(/^v/, ''),
    notServed,
    liveNamespaces,
    strangers: runningPods(lists.of('strangers')),
    entrancePods: runningPods(lists.of('entrancePods')),
    proxies: runningPods(lists.of('proxies')),
    unread: lists.unread,
  };
}

/** Injection labels a pod with its revision, so that the server itself finds those of no control plane. */
function selectorOfStrangers(installations: readonly Installation[]): string {
  const revisions = [...new Set(installations.map(({ revision }) => revision))].sort();
  return revisions.length === 0 ? 'istio.io/rev' : `istio.io/rev,istio.io/rev notin (${revisions.join(',')})`;
}

async function readNotServed(kinds: string[], cluster: ClusterPort): Promise<string[]> {
  const served = await Promise.all(
    kinds.map((kind) => {
      const slash = kind.lastIndexOf('/');
      return cluster.serves(kind.slice(0, slash), kind.slice(slash + 1));
    }),
  );
  return kinds.filter((_kind, index) => served[index] === false);
}

function runningPods(objects: readonly KubernetesObject[]): Pod[] {
  return objects
    .map((object) => Pod.parse(object))
    .filter(({ metadata, status }) => {
      return (
        metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status.phase ?? '')
      );
    });
}
