import { type ClusterClient, openInventory, pruneObjects } from '@meshwright/cluster';
import {
  formatReference,
  type KubernetesObject,
  MeshwrightError,
  type ObjectReference,
  referenceOf,
} from '@meshwright/model';
import { waitFor } from '@meshwright/testbed';
import { patternName } from '../engine/patterns.ts';

const goneSeconds = 180;
const deleteBudget = 500;

/** Kinds without a namespace that an installation of Istio has objects of. */
const clusterKinds = [
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['v1', 'Namespace'],
] as const;

/** Takes away what Meshwright installed and keeps of it. */
export async function removePattern(client: ClusterClient, signal: AbortSignal): Promise<void> {
  const inventory = openInventory(client, { pattern: patternName });
  const members = await inventory.members(signal);
  await pruneObjects(client, members, { inventory, budget: deleteBudget, signal });
}

/** Takes away whatever is left of any installation, so that the next one begins on a cluster that never had one. */
export async function removeLeftovers(client: ClusterClient, signal: AbortSignal): Promise<void> {
  await Promise.all((await leftovers(client, signal)).map((object) => remove(client, object)));
  await waitFor(
    async () => {
      const [left] = await leftovers(client, signal);
      return left === undefined ? undefined : `${formatReference(referenceOf(left))} is there`;
    },
    { what: 'a cluster without Istio', seconds: goneSeconds, signal },
  );
  const rootCertificates = await certificates(client, signal);
  await Promise.all(rootCertificates.map((object) => remove(client, object)));
}

/** Definitions of Istio's groups, and what is named after Istio or Meshwright. */
async function leftovers(client: ClusterClient, signal: AbortSignal): Promise<KubernetesObject[]> {
  const lists = await Promise.all(
    clusterKinds.map(([apiVersion, kind]) => client.list({ apiVersion, kind, signal })),
  );
  return lists.flat().filter(({ metadata: { name } }) => /istio|^meshwright-system$/.test(name));
}

/** istiod puts its root certificate into every namespace, and nobody takes it away. */
async function certificates(client: ClusterClient, signal: AbortSignal): Promise<KubernetesObject[]> {
  const fieldSelector = 'metadata.name=istio-ca-root-cert';
  return client.list({ apiVersion: 'v1', kind: 'ConfigMap', fieldSelector, signal });
}

async function remove(client: ClusterClient, object: KubernetesObject): Promise<void> {
  const reference: ObjectReference = referenceOf(object);
  const { uid } = object.metadata;
  if (uid === undefined) return;
  if ((await client.delete(reference, uid)) === 'conflict') {
    throw new MeshwrightError('INTERNAL', `${formatReference(reference)} was replaced while it was removed.`);
  }
}
