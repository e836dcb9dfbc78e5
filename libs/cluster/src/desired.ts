import { createHash } from 'node:crypto';
import { canonicalJson } from '@meshwright/evidence';
import {
  formatReference,
  groupOf,
  MeshwrightError,
  referenceKey,
  referenceOf,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import { ApplySet } from './apply-set.ts';
import { type ClusterClient } from './client.ts';
import { appliedAnnotation } from './field-managers.ts';
import { isJsonObject, objectAt, objectsAt, textAt, type JsonObject } from './json.ts';
import { bounded } from './lines.ts';
import { isDefinition, waveOf, type Wave } from './waves.ts';

/** An object as it will be sent. */
export interface DesiredObject {
  key: string;
  reference: ObjectReference;
  /** With the set's label and the applied annotation. */
  object: KubernetesObject;
  /** Names the content; equal for equal content. */
  hash: string;
  wave: Wave;
}

/** Changes when the way an object is prepared or compared changes: everything is then applied once more. */
const rulesVersion = 1;

const serverFields = [
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
];

/**
 * Prepares objects for the server, and refuses what cannot be applied before anything is touched.
 * @param coming the objects whose definitions count as known
 * @throws MeshwrightError INVALID_INPUT for objects without a name, without the namespace their kind needs, or twice.
 */
export async function prepareObjects(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  set: string | undefined,
  coming: readonly KubernetesObject[] = objects,
): Promise<DesiredObject[]> {
  const scopes = definedScopes(coming);
  const problems: string[] = [];
  const desired = new Map<string, DesiredObject>();
  for (const object of objects) {
    const namespaced = await isNamespaced(client, object, scopes);
    const problem = problemOf(object, namespaced);
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    const prepared = prepareObject(object, { namespaced, set });
    if (desired.has(prepared.key)) problems.push(`${formatReference(prepared.reference)} is there twice`);
    desired.set(prepared.key, prepared);
  }
  if (problems.length === 0) return [...desired.values()];
  throw new MeshwrightError(
    'INVALID_INPUT',
    `${problems.length} objects cannot be applied: ${problems[0] ?? ''}.`,
    {
      lines: bounded(problems, 50),
      remedy: 'Correct the manifests; nothing was applied.',
    },
  );
}

/** An object without what only the server sets, with the set's label, and its hash. */
export function prepareObject(
  object: KubernetesObject,
  options: { namespaced: boolean; set?: string | undefined },
): DesiredObject {
  const content = cleaned(object, options.namespaced);
  if (options.set !== undefined) {
    content.metadata.labels = { ...content.metadata.labels, [ApplySet.partOf]: options.set };
  }
  const hash = hashOf(content);
  // A hash of a Secret's content could be tried against guesses by whoever may read metadata: it is not written down.
  if (content.kind !== 'Secret') {
    content.metadata.annotations = { ...content.metadata.annotations, [appliedAnnotation]: hash };
  }
  const reference = referenceOf(content);
  return { key: referenceKey(reference), reference, object: content, hash, wave: waveOf(content) };
}

function cleaned(object: KubernetesObject, namespaced: boolean): KubernetesObject {
  const content = without(object, ['status']);
  const metadata = Object.fromEntries(
    Object.entries(object.metadata).filter(
      ([field, value]) => !serverFields.includes(field) && value !== null,
    ),
  ) as KubernetesObject['metadata'];
  if (!namespaced) delete metadata.namespace;
  return withEncodedData({ ...content, apiVersion: object.apiVersion, kind: object.kind, metadata });
}

function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
}

/** `stringData` is a way to write `data`; the server stores and compares only `data`. */
function withEncodedData(object: KubernetesObject): KubernetesObject {
  const { stringData } = object;
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !isJsonObject(stringData)) return object;
  const encoded = Object.entries(stringData)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([key, value]) => [key, Buffer.from(value).toString('base64')] as const);
  const data = { ...objectAt(object, 'data'), ...Object.fromEntries(encoded) };
  return { ...(without(object, ['stringData']) as KubernetesObject), data };
}

function hashOf(content: KubernetesObject): string {
  return createHash('sha256')
    .update(`${rulesVersion}\n${canonicalJson(content)}`)
    .digest('hex')
    .slice(0, 40);
}

function problemOf(object: KubernetesObject, namespaced: boolean): string | undefined {
  const { metadata } = object as { metadata?: Partial<KubernetesObject['metadata']> };
  if (typeof metadata?.name !== 'string' || metadata.name === '') {
    return `an object of kind ${object.kind} has no name`;
  }
  if (namespaced && (typeof metadata.namespace !== 'string' || metadata.namespace === '')) {
    return `${object.kind} ${metadata.name} has no namespace`;
  }
  return undefined;
}

/** Unknown kinds count as they are written; the server has the last word on them. */
async function isNamespaced(
  client: ClusterClient,
  object: KubernetesObject,
  defined: ReadonlyMap<string, boolean>,
): Promise<boolean> {
  const { apiVersion, kind } = object;
  const known = defined.get(`${groupOf(apiVersion)}/${kind}`);
  if (known !== undefined) return known;
  const resource = await client.discovery.find((served) => served.byVersion.get(`${apiVersion}/${kind}`));
  return resource?.namespaced ?? textAt(object, 'metadata', 'namespace') !== undefined;
}

/** The kinds that definitions among the objects bring, by `group/Kind`: whether they are namespaced. */
export function definedScopes(objects: readonly KubernetesObject[]): Map<string, boolean> {
  const scopes = new Map<string, boolean>();
  for (const definition of objects.filter(isDefinition)) {
    const kind = `${textAt(definition, 'spec', 'group') ?? ''}/${textAt(definition, 'spec', 'names', 'kind') ?? ''}`;
    scopes.set(kind, textAt(definition, 'spec', 'scope') === 'Namespaced');
  }
  return scopes;
}

/** Whether a definition serves a version, as `group/version` and kind. */
export function defines(definition: KubernetesObject, apiVersion: string, kind: string): boolean {
  const group = textAt(definition, 'spec', 'group') ?? '';
  if (textAt(definition, 'spec', 'names', 'kind') !== kind) return false;
  return objectsAt(definition, 'spec', 'versions').some(
    (version) => `${group}/${textAt(version, 'name') ?? ''}` === apiVersion,
  );
}
