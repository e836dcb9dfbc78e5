import { digestOfJson } from '@meshwright/evidence';
import {
  type KeptSecret,
  type KubernetesObject,
  MeshwrightError,
  type NewSecret,
  type ObjectReference,
  referenceOf,
} from '@meshwright/model';
import { inventoryNamespace } from './apply-set.ts';
import type { ClusterClient } from './client.ts';
import { markOf } from './extract.ts';
import { objectAt, textAt } from './json.ts';
import { createInOwnNamespace } from './own-namespace.ts';

/** Secrets that are made once for a pattern on a cluster, and never again while they are there. */
export interface KeptSecrets {
  /**
   * The Secret of this name as it was made first; `make` is asked only where there is none, and of several who make one
   * at once all get the same.
   * @throws MeshwrightError FOREIGN_OBJECT where somebody else has a Secret of the name.
   */
  keep(name: string, make: () => Promise<NewSecret>): Promise<KeptSecret>;
  /**
   * The objects with the content of those Secrets that name a kept one; others as they are.
   * @throws MeshwrightError PLAN_MISMATCH where what is named is gone, has other content, or is for another Secret.
   */
  fill(objects: readonly KubernetesObject[]): Promise<KubernetesObject[]>;
  /** Deletes all that is kept for the pattern. Safe to repeat. */
  removeAll(): Promise<void>;
}

const patternLabel = 'meshwright.dev/kept-for';
const publicAnnotation = 'meshwright.dev/public-entries';
const destinationAnnotation = 'meshwright.dev/destination';

/** What is kept for a pattern, in `meshwright-system`; nothing is asked of the cluster yet. `keeper` is the engine itself. */
export function openKeptSecrets(keeper: ClusterClient, pattern: string): KeptSecrets {
  const read = async (name: string): Promise<Stored | undefined> => {
    const secret = await keeper.get(storedAt(pattern, name));
    return secret === undefined ? undefined : storedIn(secret, { pattern, name });
  };
  const filled = async (object: KubernetesObject): Promise<KubernetesObject> => {
    const mark = markOf(object);
    if (mark === undefined) return object;
    const { name, namespace } = object.metadata;
    const stored = await read(mark.slice(0, mark.lastIndexOf('@')));
    const mismatch = mismatchOf(stored, { mark, destination: `${namespace ?? ''}/${name}` });
    if (stored === undefined || mismatch !== undefined) throw mismatched(object, mark, mismatch);
    return { ...object, data: stored.data };
  };
  return {
    async keep(name, make) {
      const known = await read(name);
      if (known !== undefined) return known;
      await createInOwnNamespace(keeper, storedObject(pattern, name, await make()));
      const stored = await read(name);
      if (stored !== undefined) return stored;
      throw new MeshwrightError('INTERNAL', `What was kept as "${name}" for ${pattern} is gone at once.`);
    },
    fill: (objects) => Promise.all(objects.map(filled)),
    async removeAll() {
      const labelSelector = `${patternLabel}=${pattern}`;
      const query = { apiVersion: 'v1', kind: 'Secret', namespace: inventoryNamespace, labelSelector };
      for (const header of await keeper.listHeaders(query)) {
        await keeper.delete({ ...query, name: header.metadata.name }, header.metadata.uid ?? '');
      }
    },
  };
}

interface Stored extends KeptSecret {
  /** All entries, as a Secret holds them. */
  data: Record<string, string>;
  /** `<namespace>/<name>`. */
  destination: string | undefined;
}

function storedAt(pattern: string, name: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'Secret', namespace: inventoryNamespace, name: `${pattern}.${name}` };
}

function storedObject(pattern: string, name: string, content: NewSecret): KubernetesObject {
  const { apiVersion, kind, ...place } = storedAt(pattern, name);
  const { destination } = content;
  const entries = Object.entries({ ...content.public, ...content.private });
  return {
    apiVersion,
    kind,
    type: 'meshwright.dev/kept',
    immutable: true,
    metadata: {
      ...place,
      labels: { [patternLabel]: pattern, 'app.kubernetes.io/managed-by': 'meshwright' },
      annotations: {
        [publicAnnotation]: Object.keys(content.public).sort().join(','),
        ...(destination === undefined
          ? {}
          : { [destinationAnnotation]: `${destination.namespace}/${destination.name}` }),
      },
    },
    data: Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

function storedIn(secret: KubernetesObject, { pattern, name }: { pattern: string; name: string }): Stored {
  const { labels, annotations } = secret.metadata;
  if (labels?.[patternLabel] !== pattern) {
    const { namespace = '', name: found } = secret.metadata;
    throw new MeshwrightError('FOREIGN_OBJECT', `Secret ${namespace}/${found} is not Meshwright's.`, {
      remedy: 'Give it another name: Meshwright keeps keys of the mesh under this one.',
    });
  }
  const data = objectAt(secret, 'data') as Record<string, string>;
  const isPublic = new Set((annotations?.[publicAnnotation] ?? '').split(','));
  const entries = Object.entries(data).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
  );
  const open = Object.fromEntries(entries.filter(([key]) => isPublic.has(key)));
  return {
    public: open,
    private: Object.fromEntries(entries.filter(([key]) => !isPublic.has(key))),
    mark: `${name}@${digestOfJson(open)}`,
    data,
    destination: textAt(annotations, destinationAnnotation),
  };
}

function mismatchOf(
  stored: Stored | undefined,
  wanted: { mark: string; destination: string },
): string | undefined {
  if (stored === undefined) return 'it is gone';
  if (stored.mark !== wanted.mark) return 'it was made anew since';
  return stored.destination === wanted.destination ? undefined : 'it is for another Secret, or for none';
}

function mismatched(object: KubernetesObject, mark: string, why = ''): MeshwrightError {
  const { namespace = '', name } = referenceOf(object);
  return new MeshwrightError(
    'PLAN_MISMATCH',
    `Secret ${namespace}/${name} is to get what is kept as ${mark}, and ${why}.`,
    { remedy: 'Plan again: retry the rollout, or commit again.' },
  );
}
