import { type KubernetesObject } from '@meshwright/model';
import { type ObjectHeader } from './client.ts';
import { type DesiredObject } from './desired.ts';
import { appliedAnnotation } from './field-managers.ts';
import { isJsonObject, objectAt, sameJson, valueAt, type JsonObject } from './json.ts';
import { appliedEntry, isNameOf } from './managed-fields.ts';

/**
 * Whether applying an object would change nothing, told without asking the server.
 *
 * Server-side apply (KEP-555) takes a field away from a manager as soon as anybody gives it another value. So a live
 * object is as it was applied when it names this content as the last applied one and our manager still has every field
 * of it. Secrets do not name their content: they are compared by value.
 */
export function isAsApplied(desired: DesiredObject, live: ObjectHeader): boolean {
  if (live.metadata.deletionTimestamp !== undefined) return false;
  const fields = appliedEntry(live)?.fields;
  if (fields === undefined || !coversObject(fields, desired.object)) return false;
  if (desired.object.kind === 'Secret') {
    return mentions(desired.object, fields) && contains(live, desired.object);
  }
  return live.metadata.annotations?.[appliedAnnotation] === desired.hash;
}

/** The identity of an object is in its path, not among its managed fields. */
const identity: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
const nameFields: ReadonlySet<string> = new Set(['name', 'namespace']);

function coversObject(fields: JsonObject, object: KubernetesObject): boolean {
  return (
    coversFields(fields, object, identity) &&
    coversFields(objectAt(fields, 'f:metadata'), object.metadata, nameFields)
  );
}

function coversFields(fields: JsonObject, value: JsonObject, except?: ReadonlySet<string>): boolean {
  return Object.entries(value).every(([name, inner]) => {
    if (except?.has(name) === true) return true;
    const field = valueAt(fields, `f:${name}`);
    return isJsonObject(field) ? covers(field, inner) : isEmpty(inner);
  });
}

/**
 * Whether FieldsV1 has every field of a value. `{}` is a leaf: it has all of what is below. List elements are named by
 * their keys (`k:{"name":"x"}`), where the server may have added keys by default, or by their value (`v:"x"`).
 */
function covers(fields: JsonObject, value: unknown): boolean {
  const names = Object.keys(fields);
  if (names.length === 0 || isEmpty(value)) return true;
  if (isJsonObject(value)) return coversFields(fields, value);
  if (!Array.isArray(value)) return false;
  return value.every((element: unknown) =>
    names.some((name) => isNameOf(name, element) && covers(objectAt(fields, name), element)),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** Whether a value has every field that FieldsV1 names: else a field was applied once and is no longer wanted. */
function mentions(value: unknown, fields: JsonObject): boolean {
  return Object.entries(fields).every(([name, inner]) => {
    if (!name.startsWith('f:') || !isJsonObject(inner)) return true;
    const field = valueAt(value, name.slice(2));
    return field !== undefined && mentions(field, inner);
  });
}

/** Whether a live value has every field of a desired one, with the same values. */
function contains(live: unknown, desired: unknown): boolean {
  if (!isJsonObject(desired)) return sameJson(live, desired) || (isEmpty(desired) && isEmpty(live));
  return Object.entries(desired).every(([field, value]) => contains(valueAt(live, field), value));
}
