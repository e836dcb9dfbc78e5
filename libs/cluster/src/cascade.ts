import {
  formatReference,
  referenceKey,
  referenceOf,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { contentOf, definedResource } from './content.ts';
import { objectsAt, textAt } from './json.ts';
import { isDefinition, isNamespace } from './waves.ts';

/** What the cluster deletes along with an object. */
export interface Cascade {
  total: number;
  /** The first few by name, in the words people are shown. */
  sample: string[];
}

const mostNames = 5;

/**
 * What the cluster would delete along with each of the objects, by `referenceKey`, besides the others of them: what
 * they own (`ownerReferences`, also indirectly), the custom resources of a definition, and the content of a namespace.
 * Objects that take nothing along have no entry. Looked for in the namespace of the object, of cluster-wide objects
 * among cluster-wide kinds; kinds that this identity may not list are not seen.
 */
export async function cascadesOf(
  client: ClusterClient,
  references: readonly ObjectReference[],
  signal?: AbortSignal,
): Promise<Map<string, Cascade>> {
  const deleted = new Set(references.map(referenceKey));
  const cascades = new Map<string, Cascade>();
  const add = (owner: ObjectReference, objects: readonly ObjectHeader[]): void => {
    const others = objects.map(headerReference).filter((object) => !deleted.has(referenceKey(object)));
    if (others.length === 0) return;
    const sample = others.map(formatReference).sort().slice(0, mostNames);
    cascades.set(referenceKey(owner), { total: others.length, sample });
  };
  const owners = references.filter((object) => !isDefinition(object) && !isNamespace(object));
  const byScope = [...Map.groupBy(owners, ({ namespace }) => namespace)];
  await mapConcurrently(byScope, 2, async ([namespace, members]) => {
    const content = await contentOf(client, namespace, { asFarAsAllowed: true, signal });
    for (const member of members) add(member, ownedBy(member, content));
  });
  await mapConcurrently(references.filter(isNamespace), 2, async (reference) => {
    const content = await contentOf(client, reference.name, { asFarAsAllowed: true, signal });
    const goes = content.filter((header) => deleted.has(referenceKey(headerReference(header))));
    const besides = new Set(goes.flatMap((header) => ownedBy(headerReference(header), content)));
    add(
      reference,
      content.filter((header) => !besides.has(header)),
    );
  });
  await mapConcurrently(references.filter(isDefinition), 4, async (reference) => {
    const resource = await definedResource(client, reference, signal);
    if (resource === undefined) return;
    const { apiVersion, kind } = resource;
    add(reference, await client.listHeaders({ apiVersion, kind, signal }));
  });
  return cascades;
}

/** What an object of this content owns, directly and through others. */
function ownedBy(owner: ObjectReference, content: readonly ObjectHeader[]): ObjectHeader[] {
  const key = referenceKey(owner);
  const start = content.find((header) => referenceKey(headerReference(header)) === key);
  const owned = new Set<ObjectHeader>();
  const uids = [start?.metadata.uid];
  for (let uid = uids.pop(); uid !== undefined; uid = uids.pop()) {
    for (const header of content) {
      if (owned.has(header) || !isOwnedBy(header, uid)) continue;
      owned.add(header);
      uids.push(header.metadata.uid);
    }
  }
  return [...owned];
}

function isOwnedBy(header: ObjectHeader, uid: string): boolean {
  return objectsAt(header.metadata, 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid);
}

function headerReference(header: ObjectHeader): ObjectReference {
  return referenceOf(header as KubernetesObject);
}
