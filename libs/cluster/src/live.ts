import { referenceKey, referenceOf, type KubernetesObject } from '@meshwright/model';
import { headersOnly, pageSize, type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { type DesiredObject } from './desired.ts';
import { type ListQuery } from './paths.ts';

/** Up to so many objects of a kind and namespace are read one by one; more are listed. */
const fewObjects = 4;

/**
 * What is live of the desired objects, by key: their metadata, and of Secrets everything. Objects of kinds that are not
 * served are not there. Costs one list for each kind and namespace.
 */
export async function readLive(
  client: ClusterClient,
  desired: readonly DesiredObject[],
  options: { concurrency: number; signal?: AbortSignal | undefined },
): Promise<Map<string, ObjectHeader>> {
  const live = new Map<string, ObjectHeader>();
  const read = async (group: readonly DesiredObject[]): Promise<void> => {
    const found = await readGroup(client, group, options);
    for (const header of found) live.set(referenceKey(referenceOf(header as KubernetesObject)), header);
  };
  await mapConcurrently(groupsOf(desired), options.concurrency, read);
  return live;
}

function groupsOf(desired: readonly DesiredObject[]): DesiredObject[][] {
  const groups = Map.groupBy(desired, ({ reference }) =>
    [reference.apiVersion, reference.kind, reference.namespace ?? ''].join(' '),
  );
  return [...groups.values()].flatMap((group) =>
    group.length > fewObjects ? [group] : group.map((single) => [single]),
  );
}

async function readGroup(
  client: ClusterClient,
  group: readonly DesiredObject[],
  options: { concurrency: number; signal?: AbortSignal | undefined },
): Promise<ObjectHeader[]> {
  const [first] = group;
  if (first === undefined || !(await client.serves(first.reference.apiVersion, first.reference.kind)))
    return [];
  const listed = group.length === 1 ? 'many' : await listGroup(client, group, options.signal);
  if (listed !== 'many') return listed;
  const found = await mapConcurrently(group, options.concurrency, ({ reference }) =>
    reference.kind === 'Secret'
      ? client.get(reference, options.signal)
      : client.getHeader(reference, options.signal),
  );
  return found.filter((header) => header !== undefined);
}

/** Gives `many` when reading the objects one by one is less work than the pages that are left. */
async function listGroup(
  client: ClusterClient,
  group: readonly DesiredObject[],
  signal: AbortSignal | undefined,
): Promise<ObjectHeader[] | 'many'> {
  const [first] = group;
  if (first === undefined) return [];
  const { apiVersion, kind, namespace } = first.reference;
  const query: ListQuery = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), signal };
  const accept = kind === 'Secret' ? undefined : headersOnly;
  const wanted = new Set(group.map(({ key }) => key));
  const found: ObjectHeader[] = [];
  let next: string | undefined;
  do {
    const page = await client.listPage<ObjectHeader>(query, { continue: next, accept });
    if (typeof page === 'string' || (page.remaining ?? 0) / pageSize > wanted.size) return 'many';
    for (const item of page.items) {
      if (wanted.has(referenceKey(referenceOf(item as KubernetesObject)))) found.push(item);
    }
    next = page.continue;
  } while (next !== undefined && found.length < wanted.size);
  return found;
}
