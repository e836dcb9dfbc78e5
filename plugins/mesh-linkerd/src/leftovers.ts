import type { KubernetesObject, Leftover } from '@meshwright/model';
import {
  type ClusterPort,
  isForeign,
  leftoversAmong,
  listMade,
  type MadeByMesh,
} from '@meshwright/plugin-sdk';
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
  if ((await detect(cluster)).some(isForeign)) return [];
  const namespaces = new Set(Object.values(charts).map(({ namespace }) => namespace));
  const made: MadeByMesh[] = [
    {
      query: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: systemNamespace },
      isMade: ({ metadata }) => locks.has(metadata.name),
    },
    ...[...namespaces].map((namespace) => ({
      query: { apiVersion: 'v1', kind: 'Secret', namespace },
      isMade: ({ metadata }: KubernetesObject) =>
        certificates.has(metadata.name) &&
        metadata.annotations?.['cert-manager.io/certificate-name'] === undefined,
    })),
  ];
  return leftoversAmong(await listMade(made, cluster), managerOf);
}
