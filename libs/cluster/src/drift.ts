import { type FieldChange, type KubernetesObject } from '@meshwright/model';
import { fieldManager, inventoryManager, restartManager } from './field-managers.ts';
import { isJsonObject, valueAt, type JsonObject } from './json.ts';
import { fieldsEntries, isApplied, isNameOf, appliedEntry, type FieldsEntry } from './managed-fields.ts';

const ourManagers: ReadonlySet<string> = new Set([fieldManager, inventoryManager, restartManager]);

/**
 * The field changes with `driftedBy` where somebody gave the field its live value after we had applied the same content.
 *
 * A field is drift when we will have it by applying but do not have it now: server-side apply takes a field from a
 * manager as soon as anybody gives it another value (KEP-555). What the server and its webhooks fill in is never among
 * the fields that we applied, so it is no drift.
 * @param before the live object
 * @param after what applying leaves, with its managed fields
 */
export function withDrift(
  fields: readonly FieldChange[],
  before: KubernetesObject,
  after: KubernetesObject,
): FieldChange[] {
  const had = appliedEntry(before)?.fields ?? {};
  const willHave = appliedEntry(after)?.fields ?? {};
  return fields.map((field) => {
    const place: Place = { path: segmentsOf(field.path), isGone: field.after === undefined, before, after };
    if (!has(willHave, place) || has(had, place)) return field;
    const driftedBy = driftersOf(place);
    return driftedBy === undefined ? field : { ...field, driftedBy };
  });
}

/** Where a change is: indexes of list elements count in the state after, but for an element that goes. */
interface Place {
  path: readonly string[];
  isGone: boolean;
  before: KubernetesObject;
  after: KubernetesObject;
}

/** Undefined when only what belongs to us, such as a webhook in our own request, changed the field. */
function driftersOf(place: Place): string[] | undefined {
  const entries = fieldsEntries(place.before).filter((entry) => !isApplied(entry));
  const exact = entries.filter(({ fields }) => reach(fields, place) === 'field');
  const owners = exact.length > 0 ? exact : entries.filter(({ fields }) => reach(fields, place) === 'whole');
  const others = owners.filter(({ manager }) => !ourManagers.has(manager));
  if (owners.length > 0 && others.length === 0) return undefined;
  // Whoever only takes something away owns nothing of it: what tells is who wrote since.
  const suspects = others.length > 0 ? others : writersSince(entries, appliedEntry(place.before)?.time ?? '');
  const names = [...new Set(suspects.map(({ manager }) => manager || 'unknown'))];
  return names.length === 0 ? ['unknown'] : names;
}

function writersSince(entries: readonly FieldsEntry[], time: string): FieldsEntry[] {
  return entries.filter(
    (entry) => entry.subresource !== 'status' && !ourManagers.has(entry.manager) && entry.time > time,
  );
}

function has(fields: JsonObject, place: Place): boolean {
  return reach(fields, place) !== undefined;
}

/** How FieldsV1 has a place: the `field` itself or something below it, or as part of a `whole`. */
function reach(fields: JsonObject, { path, isGone, before, after }: Place): 'field' | 'whole' | undefined {
  let current = fields;
  let states: [unknown, unknown] = [before, after];
  for (const [index, segment] of path.entries()) {
    if (Object.keys(current).length === 0) return index === 0 ? undefined : 'whole';
    const name = nameIn(current, segment, states, isGone && index === path.length - 1);
    const inner = name === undefined ? undefined : valueAt(current, name);
    if (!isJsonObject(inner)) return undefined;
    current = inner;
    states = [inside(states[0], segment, name), inside(states[1], segment, name)];
  }
  return 'field';
}

function nameIn(
  fields: JsonObject,
  segment: string,
  [before, after]: [unknown, unknown],
  isGone: boolean,
): string | undefined {
  const list = isGone ? before : after;
  if (!Array.isArray(list)) return `f:${segment}`;
  const element: unknown = list[Number(segment)];
  return Object.keys(fields).find((name) => isNameOf(name, element));
}

/** The value below a segment: of a list, the element with the same name. */
function inside(value: unknown, segment: string, name: string | undefined): unknown {
  if (!Array.isArray(value)) return valueAt(value, segment);
  return value.find((element) => name !== undefined && isNameOf(name, element));
}

/** The field names of a JSON pointer (RFC 6901). */
function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
