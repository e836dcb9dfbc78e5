import { type AdminAccess, requestTo } from '../proxy/access.ts';

/** An object as far as its metadata tells, and what it is. */
export interface LiveObject {
  kind: string;
  group: string;
  namespace: string | undefined;
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  hasOwners: boolean;
  /** Its deletion has begun. */
  deleting: boolean;
  /** The managers that applied fields of it. */
  appliers: string[];
}

interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: unknown[];
  deletionTimestamp?: string;
  managedFields?: { manager?: string; operation?: string }[];
}

interface Resource {
  name: string;
  kind: string;
  verbs: string[];
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const atOnce = 8;

/** Reads a path of the API server as JSON. */
export async function readJson<T>(
  access: AdminAccess,
  path: string,
  accept = 'application/json',
): Promise<T> {
  const text = await new Promise<string>((resolve, reject) => {
    const asked = requestTo(access, { path, headers: { accept } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        if (answer.statusCode === 200) resolve(body);
        else
          reject(new Error(`GET ${path} answered ${answer.statusCode ?? 'nothing'}: ${body.slice(0, 200)}`));
      });
    });
    asked.on('error', reject);
    asked.setTimeout(20_000, () => asked.destroy(new Error(`GET ${path} took too long`)));
    asked.end();
  });
  return JSON.parse(text) as T;
}

/** The metadata of every object there is of every kind that can be deleted. */
export async function readEverything(access: AdminAccess): Promise<LiveObject[]> {
  const groups = await readJson<{ groups: { preferredVersion: { groupVersion: string } }[] }>(
    access,
    '/apis',
  );
  const versions = ['v1', ...groups.groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const found = await pooled(versions, async (groupVersion) => {
    const prefix = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
    const { resources } = await readJson<{ resources: Resource[] | null }>(access, prefix);
    const lists = (resources ?? []).filter(
      ({ name, verbs }) => !name.includes('/') && verbs.includes('list') && verbs.includes('delete'),
    );
    const objects = await pooled(lists, async ({ name, kind }) => {
      const { items } = await readJson<{ items: { metadata: Metadata }[] | null }>(
        access,
        `${prefix}/${name}`,
        metadataOnly,
      );
      const group = groupVersion.includes('/') ? (groupVersion.split('/')[0] ?? '') : '';
      return (items ?? []).map(({ metadata }) => liveObject(kind, group, metadata));
    });
    return objects.flat();
  });
  return found.flat();
}

function liveObject(kind: string, group: string, metadata: Metadata): LiveObject {
  const {
    name,
    namespace,
    labels = {},
    annotations = {},
    ownerReferences = [],
    managedFields = [],
  } = metadata;
  const applied = managedFields.filter(({ operation }) => operation === 'Apply');
  return {
    kind,
    group,
    namespace,
    name,
    labels,
    annotations,
    hasOwners: ownerReferences.length > 0,
    deleting: metadata.deletionTimestamp !== undefined,
    appliers: applied.map(({ manager = '' }) => manager),
  };
}

async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const drain = async (): Promise<void> => {
    for (const [place, item] of queue) results[place] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, drain));
  return results;
}
