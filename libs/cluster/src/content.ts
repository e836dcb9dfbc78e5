import { isMeshwrightError, type ObjectReference } from '@meshwright/model';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { groupKindKey, type Resource } from './discovery.ts';
import { textAt } from './json.ts';

/** What every namespace holds by itself, and what others keep only for a while. */
const ownContent = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);
const passingKinds = new Set(['Event', 'Lease', 'PodMetrics', 'Endpoints', 'EndpointSlice']);

/**
 * Everything in a namespace, or without one everything of cluster-wide kinds, without what comes and goes by itself and
 * what nobody can delete, which other servers make up (ComponentStatus, OLM's PackageManifest).
 * @param options.asFarAsAllowed leaves out the kinds that this identity may not list, instead of failing
 */
export async function contentOf(
  client: ClusterClient,
  namespace: string | undefined,
  options: { asFarAsAllowed?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<ObjectHeader[]> {
  const kinds = await deletableKinds(client, namespace !== undefined);
  const found = await mapConcurrently(kinds, 8, async ({ apiVersion, kind }) => {
    const query = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) };
    try {
      return await client.listHeaders({ ...query, signal: options.signal });
    } catch (error) {
      if (options.asFarAsAllowed === true && isDenied(error)) return [];
      throw error;
    }
  });
  return found.flat().filter(({ kind, metadata }) => !ownContent.has(`${kind} ${metadata.name}`));
}

/** How the server serves the kind of a live definition; undefined when it does not, or there is no such definition. */
export async function definedResource(
  client: ClusterClient,
  definition: ObjectReference,
  signal?: AbortSignal,
): Promise<Resource | undefined> {
  const live = await client.get(definition, signal);
  const group = textAt(live, 'spec', 'group') ?? '';
  const kind = textAt(live, 'spec', 'names', 'kind') ?? '';
  return client.discovery.find((served) => served.byGroupKind.get(groupKindKey(group, kind))?.[0]);
}

async function deletableKinds(client: ClusterClient, ofNamespaces: boolean): Promise<Resource[]> {
  const { byGroupKind } = await client.discovery.served();
  return [...byGroupKind.values()]
    .map(([preferred]) => preferred)
    .filter((resource) => resource !== undefined)
    .filter(({ namespaced, verbs, kind }) => {
      const deletable = verbs.includes('list') && verbs.includes('delete');
      return namespaced === ofNamespaces && deletable && !passingKinds.has(kind);
    });
}

function isDenied(error: unknown): boolean {
  return isMeshwrightError(error) && error.code === 'CLUSTER_UNAUTHORIZED';
}
