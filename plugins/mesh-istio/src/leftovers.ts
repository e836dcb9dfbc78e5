import type { Leftover } from '@meshwright/model';
import {
  type ClusterPort,
  isForeign,
  leftoversAmong,
  listMade,
  type MadeByMesh,
} from '@meshwright/plugin-sdk';
import { detect } from './detect.ts';
import { managerOf } from './managers.ts';
import { systemNamespace } from './names.ts';

/** What proxies trust and what is revoked, which istiod copies into every namespace. */
const distributed = new Set(['istio-ca-root-cert', 'istio-ca-crl']);

/** Objects that istiod makes by itself, by where they are and how to know them. */
const made: readonly MadeByMesh[] = [
  // In every namespace (pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go in istio/istio).
  {
    query: { apiVersion: 'v1', kind: 'ConfigMap', labelSelector: 'istio.io/config=true' },
    isMade: ({ metadata }) => distributed.has(metadata.name),
  },
  {
    query: { apiVersion: 'v1', kind: 'ConfigMap', namespace: systemNamespace },
    isMade: ({ metadata }) => isElection(metadata.name),
  },
  {
    query: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: systemNamespace },
    isMade: ({ metadata }) => isElection(metadata.name),
  },
  {
    query: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass' },
    isMade: ({ spec }) =>
      String((spec as { controllerName?: string }).controllerName).startsWith('istio.io/'),
  },
  // Tags that `istioctl tag` or a template without a release made.
  ...[
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' },
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
    { apiVersion: 'v1', kind: 'Service', namespace: systemNamespace },
  ].map((query) => ({ query: { ...query, labelSelector: 'istio.io/tag' }, isMade: () => true })),
];

/** The root of trust of a self-signed mesh; a certificate authority of the user's own is in `cacerts`, and stays. */
const authority = { apiVersion: 'v1', kind: 'Secret', namespace: systemNamespace, name: 'istio-ca-secret' };

/** Names of locks, some of which end with a revision (pilot/pkg/leaderelection in istio/istio). */
const elections = [
  'istio-leader',
  'istio-analyze-leader',
  'istio-status-leader',
  'istio-namespace-controller-election',
  'istio-serviceexport-controller-election',
  'istio-clustertrustbundle-controller-election',
  'istio-gateway-leader',
  'istio-gateway-status-leader',
  'istio-gateway-deployment',
  'istio-gateway-inferencepool',
  'istio-node-untaint',
  'istio-ip-autoallocate',
];

function isElection(name: string): boolean {
  return elections.some((election) => name === election || name.startsWith(`${election}-`));
}

/**
 * What Istio made on the cluster by itself and no inventory holds; nothing where another's Istio still needs it. What
 * Meshwright applied is in its inventory, and no leftover.
 */
export async function leftovers(cluster: ClusterPort): Promise<Leftover[]> {
  if ((await detect(cluster)).some(isForeign)) return [];
  const [secret, objects] = await Promise.all([cluster.get(authority), listMade(made, cluster)]);
  return leftoversAmong([...(secret === undefined ? [] : [secret]), ...objects], managerOf);
}
