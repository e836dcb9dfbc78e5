import type { ClusterPort, ListQuery } from '../ports.ts';
import { type Check, waitingFor } from './check.ts';
import { availabilityOf, Deployment, EndpointSlice } from './shapes.ts';

/** A look whether the server serves the kinds of a mesh, each by its `apiVersion` and its name. */
export function checkKinds(mesh: string, kinds: readonly (readonly [string, string])[]): Check {
  return async (_change, { cluster }) => {
    const served = await Promise.all(kinds.map(([apiVersion, kind]) => cluster.serves(apiVersion, kind)));
    const missing = kinds.filter((_kind, index) => served[index] !== true);
    return waitingFor(
      missing.map(([apiVersion, kind]) => `the API server serves no ${kind} of ${apiVersion} yet`),
      `the API server serves the kinds of ${mesh}`,
    );
  };
}

/** Why the Deployments of a query do not serve as their specs say, one line each; undefined where there is none. */
export async function deploymentProblems(
  query: Omit<ListQuery, 'apiVersion' | 'kind'>,
  cluster: ClusterPort,
): Promise<string[] | undefined> {
  const objects = await cluster.list({ ...query, apiVersion: 'apps/v1', kind: 'Deployment' });
  if (objects.length === 0) return undefined;
  return objects
    .map((object) => availabilityOf(Deployment.parse(object)))
    .filter((problem) => problem !== undefined);
}

/** Why nobody answers behind a Service, in one line; none where somebody does. */
export async function endpointProblems(
  { namespace, name }: { namespace: string; name: string },
  cluster: ClusterPort,
): Promise<string[]> {
  const slices = await cluster.list({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace,
    labelSelector: `kubernetes.io/service-name=${name}`,
  });
  // A condition that is not said counts as ready (Kubernetes' EndpointSlice reference).
  const ready = slices
    .flatMap((object) => EndpointSlice.parse(object).endpoints)
    .filter(({ conditions }) => conditions.ready !== false);
  return ready.length > 0 ? [] : [`Service ${namespace}/${name} has no ready endpoint`];
}
