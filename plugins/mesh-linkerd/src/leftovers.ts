import { type KubernetesObject, type Leftover, referenceOf } from '@meshwright/model';
import { type ClusterPort, type ListQuery, ourManager } from '@meshwright/plugin-sdk';
import { detect } from './detect.ts';
import { managerOf } from './installed.ts';
import { charts, systemNamespace } from './names.ts';
import { callees } from './trust/webhooks.ts';

/** Certificates that an earlier tool made, and that Linkerd went on using when it was adopted. */
const certificates = new Set<string>(['linkerd-identity-issuer', ...callees.map(({ secret }) => secret)]);

/** Locks by which its controllers elect one that writes (controller/cmd/destination and policy-controller in linkerd/linkerd2). */
const locks = new Set(['linkerd-destination-endpoint-write', 'policy-controller-write']);

/**
 * What Linkerd made on the cluster by itself and no inventory holds; nothing where another's still needs it. What is of
 * cert-manager goes with its Certificate and not by this.
 */
export async function leftovers(cluster: ClusterPort): Promise<Leftover[]> {
  const installations = await detect(cluster);
  if (installations.some(({ managedBy }) => managedBy !== ourManager)) return [];
  const namespaces = new Set(Object.values(charts).map(({ namespace }) => namespace));
  const queries: { query: ListQuery; isMade: (object: KubernetesObject) => boolean }[] = [
    {
      query: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: systemNamespace },
      isMade: ({ metadata }) => locks.has(metadata.name),
    },
    ...[...namespaces].map((namespace) => ({
      query: { apiVersion: 'v1', kind: 'Secret', namespace },
      isMade: (object: KubernetesObject) =>
        certificates.has(object.metadata.name) &&
        object.metadata.annotations?.['cert-manager.io/certificate-name'] === undefined,
    })),
  ];
  const objects: KubernetesObject[] = [];
  for (const { query, isMade } of queries) objects.push(...(await cluster.list(query)).filter(isMade));
  return objects
    .filter((object) => managerOf(object) !== ourManager)
    .flatMap((object) => {
      const { uid } = object.metadata;
      return uid === undefined ? [] : [{ ...referenceOf(object), uid }];
    });
}
