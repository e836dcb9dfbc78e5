import { access } from 'node:fs/promises';
import { type ClusterClient, connectCluster } from '@meshwright/cluster';
import { connectionOf, type TargetConfig } from '@meshwright/config';
import { MeshwrightError } from '@meshwright/model';

/** What can be told of a target from this machine. */
export interface TargetLook {
  address: string;
  /** Such as `v1.36.3`. */
  version: string;
}

/** Rights without which no mesh can be installed; each is one review, answered from memory. */
const needed = [
  { verb: 'patch', group: '', resource: 'namespaces' },
  { verb: 'patch', group: '', resource: 'configmaps' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'delete', group: 'apps', resource: 'deployments' },
  { verb: 'patch', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
  { verb: 'patch', group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' },
] as const;

type Right = (typeof needed)[number];

const tokenOfPod = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Whether a target can be reached with this machine's credentials at all. */
export async function isReachableFromHere(target: TargetConfig): Promise<boolean> {
  if (target.kind !== 'in-cluster') return true;
  return access(tokenOfPod).then(
    () => true,
    () => false,
  );
}

/** Works with a connection to a target, and lets go of it. */
export async function withTarget<T>(
  target: TargetConfig,
  work: (client: ClusterClient) => Promise<T>,
): Promise<T> {
  const client = connectCluster(connectionOf(target));
  try {
    return await work(client);
  } finally {
    await client.transport.close();
  }
}

/** @throws MeshwrightError CLUSTER_UNREACHABLE, CLUSTER_UNAUTHORIZED or INVALID_CONFIGURATION. */
export function lookAtTarget(target: TargetConfig): Promise<TargetLook> {
  return withTarget(target, async (client) => ({ address: client.address, version: await client.version() }));
}

/**
 * Asks the server whether this identity may do what installing a mesh takes.
 * @throws MeshwrightError CLUSTER_UNAUTHORIZED with the rights that are missing.
 */
export async function requireRights(client: ClusterClient, signal: AbortSignal): Promise<void> {
  const answers = await Promise.all(needed.map((right) => mayDo(client, right, signal)));
  const missing = needed.filter((_right, index) => answers[index] === false);
  if (missing.length === 0) return;
  throw new MeshwrightError(
    'CLUSTER_UNAUTHORIZED',
    `The identity for the cluster "${client.name}" lacks rights that installing a mesh takes.`,
    {
      where: `cluster ${client.name}`,
      lines: missing.map(
        ({ verb, group, resource }) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`,
      ),
      remedy: 'Bind a ClusterRole with these rights, such as cluster-admin, to the identity of the agent.',
    },
  );
}

/** SelfSubjectAccessReview (authorization.k8s.io/v1): every authenticated identity may ask about itself. */
async function mayDo(
  client: ClusterClient,
  { verb, group, resource }: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const { body, status } = await client.transport.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource } },
    }),
    signal,
  });
  if (status >= 300) {
    throw new MeshwrightError(
      'CLUSTER_UNAUTHORIZED',
      `The cluster "${client.name}" does not say what is allowed: HTTP ${status}.`,
      {
        where: `cluster ${client.name}`,
        remedy: 'Check the credentials of the kubeconfig.',
      },
    );
  }
  return (JSON.parse(body) as { status?: { allowed?: boolean } }).status?.allowed === true;
}
