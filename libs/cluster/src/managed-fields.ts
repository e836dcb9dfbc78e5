import { type FieldOwners } from '@meshwright/model';
import { type ObjectHeader } from './client.ts';
import { fieldManager } from './field-managers.ts';
import { isJsonObject, objectAt, objectsAt, sameJson, textAt, type JsonObject } from './json.ts';

/** What one manager has of an object, an entry of `metadata.managedFields` (metav1.ManagedFieldsEntry). */
export interface FieldsEntry {
  manager: string;
  operation: string;
  /** The version that the field names are of. */
  apiVersion: string;
  /** When the manager last changed something of it; empty when it is not said. */
  time: string;
  /** The part of the API that was written through, such as `status`; absent for the object itself. */
  subresource?: string;
  /** FieldsV1: `f:` fields, `k:` list elements by their keys, `v:` set members; `{}` has all of what is below. */
  fields: JsonObject;
}

/** Who has which fields of an object. */
export function fieldsEntries({ metadata }: ObjectHeader): FieldsEntry[] {
  return objectsAt(metadata, 'managedFields').map((entry) => {
    const subresource = textAt(entry, 'subresource') ?? '';
    return {
      manager: textAt(entry, 'manager') ?? '',
      operation: textAt(entry, 'operation') ?? '',
      apiVersion: textAt(entry, 'apiVersion') ?? '',
      time: textAt(entry, 'time') ?? '',
      ...(subresource === '' ? {} : { subresource }),
      fields: objectAt(entry, 'fieldsV1'),
    };
  });
}

/** What our manager applied; undefined when it applied nothing. */
export function appliedEntry(live: ObjectHeader): FieldsEntry | undefined {
  return fieldsEntries(live).find(isApplied);
}

/** Whether an entry is of what a pattern applied. */
export function isApplied({ manager, operation, subresource }: FieldsEntry): boolean {
  return manager === fieldManager && operation === 'Apply' && subresource === undefined;
}

/**
 * Whether a name of FieldsV1 is that of a list element: its keys (`k:{"name":"x"}`), where a manifest may leave out
 * keys that the server adds by default, or its value (`v:"x"`).
 */
export function isNameOf(name: string, element: unknown): boolean {
  if (name.startsWith('v:')) return sameJson(JSON.parse(name.slice(2)), element);
  if (!name.startsWith('k:') || !isJsonObject(element)) return false;
  return Object.entries(keysOf(name)).every(
    ([key, value]) => !Object.hasOwn(element, key) || sameJson(element[key], value),
  );
}

/** The keys in a name such as `k:{"name":"x"}`. */
export function keysOf(name: string): JsonObject {
  const keys: unknown = JSON.parse(name.slice(2));
  return isJsonObject(keys) ? keys : {};
}

/** FieldsV1 that has what either has. */
export function unionOfFields(left: JsonObject, right: JsonObject): JsonObject {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries(
    [...names].map((name) => [name, unionOfFields(objectAt(left, name), objectAt(right, name))]),
  );
}

/** How many fields of the object itself, its status left out, each manager has. */
export function fieldOwners(
  object: ObjectHeader,
  counts: (entry: FieldsEntry) => boolean = () => true,
): FieldOwners {
  const owners = new Map<string, number>();
  for (const entry of fieldsEntries(object)) {
    if (entry.subresource !== undefined || !counts(entry)) continue;
    owners.set(entry.manager, (owners.get(entry.manager) ?? 0) + countLeaves(entry.fields));
  }
  return Object.fromEntries(owners);
}

function countLeaves(fields: JsonObject): number {
  const inner = Object.entries(fields).filter(([name]) => name !== '.');
  return inner.reduce((sum, [name]) => sum + Math.max(1, countLeaves(objectAt(fields, name))), 0);
}
