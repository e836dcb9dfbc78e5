import {
  keptAnnotation,
  referenceOf,
  type KubernetesObject,
  type ObjectMetadata,
  type ObjectReference,
} from '@meshwright/model';
import { ApplySet } from './apply-set.ts';
import { type ClusterClient } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { appliedAnnotation } from './field-managers.ts';
import { isJsonObject, objectAt, type JsonObject } from './json.ts';
import { appliedEntry, fieldsEntries, isApplied, isNameOf, keysOf, unionOfFields } from './managed-fields.ts';

/**
 * What our field manager had applied of a live object, in a form that can be applied again: the projection of the
 * object on our fields (server-side apply, KEP-555, `managedFields`), without our mark and the set's label, which
 * applying adds. It has what was applied, as the server writes it: quantities in their short form, the keys of list
 * elements, and defaults within what is applied as a whole.
 *
 * Undefined for what we never applied, and for Secrets whose content must not get into a plan; one that names a kept
 * Secret is given without its content.
 */
export function extractApplied(live: KubernetesObject): KubernetesObject | undefined {
  const applied = appliedEntry(live);
  return applied === undefined || isUnkept(live) ? undefined : extract(live, applied.fields);
}

/**
 * What puts an object back after an apply: what our field manager had applied of it, and the live values of the fields
 * that it takes by applying, from others or by the side of them. Of Secrets as {@link extractApplied}.
 * @param after what applying leaves, with its managed fields
 */
export function extractBefore(
  before: KubernetesObject,
  after: KubernetesObject,
): KubernetesObject | undefined {
  if (isUnkept(before)) return undefined;
  return extract(
    before,
    unionOfFields(appliedEntry(before)?.fields ?? {}, appliedEntry(after)?.fields ?? {}),
  );
}

function extract(live: KubernetesObject, fields: JsonObject): KubernetesObject {
  const others = fieldsEntries(live).filter((entry) => !isApplied(entry));
  const content = projectObject(
    live,
    fields,
    others.map((entry) => entry.fields),
  );
  const { apiVersion, kind, metadata } = live;
  if (isSecret(live)) delete content.data;
  return { ...content, apiVersion, kind, metadata: appliedMetadata(metadata, objectAt(content, 'metadata')) };
}

/** Whether an object's content is never in a plan. */
export function isSecret({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

/** What stands for the content of a Secret in a plan; undefined for any other object. */
export function markOf(object: KubernetesObject): string | undefined {
  return isSecret(object) ? object.metadata.annotations?.[keptAnnotation] : undefined;
}

/** Whether an object is a Secret that nothing can bring back. */
export function isUnkept(object: KubernetesObject): boolean {
  return isSecret(object) && markOf(object) === undefined;
}

/**
 * What our field manager applied of these objects, in their order; those that are gone, that we never applied, and
 * Secrets that are not kept are left out. @throws MeshwrightError CLUSTER_UNREACHABLE, CLUSTER_UNAUTHORIZED
 */
export async function readApplied(
  client: ClusterClient,
  references: readonly ObjectReference[],
  signal?: AbortSignal,
): Promise<KubernetesObject[]> {
  const found = await mapConcurrently(references, 16, async (reference) => {
    const live = await client.get(reference, signal);
    return live && extractFrom(client, live, signal);
  });
  return found.filter((object) => object !== undefined);
}

/** {@link extractApplied} of an object at the version it was applied with, which is the one that names its fields. */
export async function extractFrom(
  client: ClusterClient,
  live: KubernetesObject,
  signal?: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const { apiVersion = live.apiVersion } = appliedEntry(live) ?? {};
  if (apiVersion === live.apiVersion || isSecret(live)) return extractApplied(live);
  const asApplied = await client.get({ ...referenceOf(live), apiVersion }, signal);
  return extractApplied(asApplied ?? live);
}

function appliedMetadata(live: ObjectMetadata, applied: JsonObject): ObjectMetadata {
  const { name, namespace } = live;
  const labels = without(objectAt(applied, 'labels'), ApplySet.partOf);
  const annotations = without(objectAt(applied, 'annotations'), appliedAnnotation);
  const rest = without(without(applied, 'labels'), 'annotations');
  return {
    ...rest,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels: labels as Record<string, string> }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: annotations as Record<string, string> }),
  };
}

function without(object: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));
}

/** The part of a value that FieldsV1 names. `others` are the fields that other managers have of the same value. */
function project(value: unknown, fields: JsonObject, others: readonly JsonObject[]): unknown {
  if (Object.keys(fields).length === 0) return whole(value, others);
  if (Array.isArray(value)) return value.flatMap((element) => projectElement(element, fields, others));
  return isJsonObject(value) ? projectObject(value, fields, others) : value;
}

function projectObject(value: JsonObject, fields: JsonObject, others: readonly JsonObject[]): JsonObject {
  const kept = Object.keys(value)
    .map((field) => ({ field, name: `f:${field}` }))
    .filter(({ name }) => Object.hasOwn(fields, name))
    .map(({ field, name }) => {
      return [field, project(value[field], objectAt(fields, name), below(others, name))] as const;
    });
  return Object.fromEntries(kept);
}

/**
 * What is applied as a whole. When another manager has fields below, the server does not treat the value as a whole:
 * then it was applied empty.
 */
function whole(value: unknown, others: readonly JsonObject[]): unknown {
  if (others.length === 0) return value;
  if (Array.isArray(value)) return [];
  return isJsonObject(value) ? {} : value;
}

function projectElement(element: unknown, fields: JsonObject, others: readonly JsonObject[]): unknown[] {
  const name = Object.keys(fields).find((each) => isNameOf(each, element));
  if (name === undefined) return [];
  const content = project(element, objectAt(fields, name), below(others, name));
  if (!isJsonObject(element) || !isJsonObject(content)) return [content];
  const keys = Object.keys(keysOf(name)).filter((key) => Object.hasOwn(element, key));
  return [{ ...Object.fromEntries(keys.map((key) => [key, element[key]])), ...content }];
}

/** The fields below a name, of those managers that have any. */
function below(others: readonly JsonObject[], name: string): JsonObject[] {
  return others.map((fields) => objectAt(fields, name)).filter((fields) => Object.keys(fields).length > 0);
}
