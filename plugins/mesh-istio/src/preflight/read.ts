import { type KubernetesObject, MeshMode } from '@meshwright/model';
import { type ClusterPort, type Installation, type MeshChange, Pod } from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { unmatchedSelectors } from './entrances.ts';
import { kinds, workloadKinds } from './kinds.ts';
import { Lists } from './lists.ts';
import { mergeObjects } from './merge.ts';
import { neededKinds } from './rules/gateway-api.ts';
import { type Scope, scopeOf } from './scope.ts';
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
  const { snapshot, adopt, installations } = change;
  const { mesh } = snapshot.pattern.spec;
  const lists = new Lists(cluster);
  const [kubernetes, notServed] = await Promise.all([
    cluster.version(),
    readNotServed([...meshKinds, ...neededKinds({ mesh, snapshot })], cluster),
    ...readAlways(lists, change),
  ]);
  const liveNamespaces = new Map(
    lists.of('namespaces').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
  );
  const scope = scopeOf(change, liveNamespaces);
  const pattern = patternObjects(snapshot);
  const first = mergeObjects(pattern, lists);
  const more = readMore(lists, scope, unmatchedSelectors(first, mesh));
  await Promise.all(more);
  return {
    ...scope,
    ...(more.length === 0 ? first : mergeObjects(pattern, lists)),
    mesh,
    snapshot,
    adopt,
    installations,
    kubernetes: kubernetes.replace(/^v/, ''),
    notServed,
    liveNamespaces,
    strangers: runningPods(lists.of('strangers')),
    entrancePods: runningPods(lists.of('entrancePods')),
    proxies: runningPods(lists.of('proxies')),
    unread: lists.unread,
  };
}

const everyTime = [
  'virtualServices',
  'destinationRules',
  'gateways',
  'serviceEntries',
  'sidecars',
  'authorizationPolicies',
  'peerAuthentications',
  'services',
  'namespaces',
  'injectors',
] as const;

function readAlways(lists: Lists, { snapshot, installations }: MeshChange): Promise<void>[] {
  const strangers = { ...podQuery, labelSelector: selectorOfStrangers(installations) };
  const isAmbient = snapshot.pattern.spec.mesh.mode === MeshMode.ambient;
  return [
    ...everyTime.map((part) => lists.read(part, kinds[part])),
    lists.read('strangers', strangers),
    ...(isAmbient ? readAmbient(lists) : []),
  ];
}

/** What only some changes need: those that may restart workloads, or bring another version of the mesh. */
function readMore(lists: Lists, { restarting, isNew }: Scope, selectors: string[]): Promise<void>[] {
  const restarts = [
    () => lists.read('budgets', kinds.budgets),
    ...workloadKinds.map((kind) => () => lists.read('workloads', kind)),
  ];
  const news = [
    () => lists.read('proxies', { ...podQuery, labelSelector: 'istio.io/rev' }),
    () => lists.read('definitions', kinds.definitions),
    () => lists.read('validators', kinds.validators),
  ];
  const reads = [...(restarting.size > 0 ? restarts : []), ...(isNew ? news : [])];
  return [
    ...reads.map((read) => read()),
    ...selectors
      .slice(0, maxSelectors)
      .map((labelSelector) => lists.read('entrancePods', { ...podQuery, labelSelector })),
  ];
}

/** By the label that Istio's charts give all they bring (istio.labels in manifests/zzz_profile.yaml of istio/istio). */
function readAmbient(lists: Lists): Promise<void>[] {
  const labelSelector = 'app.kubernetes.io/part-of=istio';
  return [
    lists.read('nodeParts', { ...kinds.nodeParts, namespace: systemNamespace, labelSelector }),
    lists.read('networkPolicies', kinds.networkPolicies),
  ];
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
