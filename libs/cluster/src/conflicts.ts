import { groupOf, isMeshwrightError, type KubernetesObject } from '@meshwright/model';
import { type ClusterClient } from './client.ts';
import { type FieldConflict, FieldConflictError } from './conflict-error.ts';
import { type DesiredObject } from './desired.ts';
import { shownAt } from './diff.ts';
import { isJsonObject, type JsonObject, objectAt, valueAt } from './json.ts';
import { fieldsEntries, isNameOf, keysOf } from './managed-fields.ts';

/**
 * A refusal with the live and the desired value of each field in conflict, redacted and shortened as everywhere; any
 * other error, and one whose object cannot be read, as it is.
 */
export async function withConflictingValues(
  client: ClusterClient,
  { object, reference }: DesiredObject,
  error: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof FieldConflictError)) return error;
  try {
    const live = await client.get(reference, signal);
    if (live === undefined) return error;
    const fields = error.fields.map((field) => withValues(field, live, object));
    const owners = new Set(fields.map(({ owner }) => owner));
    return new FieldConflictError(client.name, reference, fields, releaseCommand(live, owners));
  } catch (failure) {
    // Whatever keeps it from being read, the conflict is what has to be told.
    if (isMeshwrightError(failure)) return error;
    throw failure;
  }
}

/**
 * How kubectl ends what managers own of an object: their entries of `managedFields` go, and values stay. To give a field
 * the desired value would not do, for whoever gave it owns it too and is in the way of the next change. Pure.
 */
export function releaseCommand(live: KubernetesObject, owners: ReadonlySet<string>): string | undefined {
  const path = '/metadata/managedFields';
  const entries = fieldsEntries(live).map(({ manager, subresource }, index) => ({
    manager,
    place: `${path}/${index}`,
    goes: owners.has(manager) && subresource === undefined,
  }));
  const leaving = entries.filter(({ goes }) => goes);
  if (leaving.length === 0) return undefined;
  const tests = leaving.map(({ manager, place }) => ({
    op: 'test',
    path: `${place}/manager`,
    value: manager,
  }));
  const removals =
    leaving.length === entries.length
      ? // The API server keeps the entries when it is sent none, and drops them for an empty one.
        [{ op: 'replace', path, value: [{}] }]
      : leaving.toReversed().map(({ place }) => ({ op: 'remove', path: place }));
  const patch = JSON.stringify([...tests, ...removals]).replaceAll("'", String.raw`\u0027`);
  return `kubectl patch ${argumentsFor(live)} --type=json --patch='${patch}'`;
}

function argumentsFor({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): string {
  const group = groupOf(apiVersion);
  const type = `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;
  return `${quoted(`${type}/${name}`)}${namespace === undefined ? '' : ` --namespace=${namespace}`}`;
}

/** Names of roles may have characters that mean something to a shell. */
function quoted(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A conflict with what the field is in the live object and in the desired one. Pure. */
export function withValues(
  conflict: FieldConflict,
  live: KubernetesObject,
  desired: KubernetesObject,
): FieldConflict {
  const place = placeOf(conflict, live);
  if (place === undefined) return conflict;
  return { ...conflict, values: { live: shownIn(live, place), desired: shownIn(desired, place) } };
}

/**
 * The names of FieldsV1 that lead to a field. The server's text for it cannot be taken apart, for the dots of a label's
 * name are not escaped; so it is looked up among the fields of its owner.
 */
function placeOf({ field, owner }: FieldConflict, live: KubernetesObject): string[] | undefined {
  for (const { manager, fields } of fieldsEntries(live)) {
    if (manager !== owner) continue;
    for (const place of placesIn(fields, [])) {
      if (place.map(textOf).join('') === field) return place;
    }
  }
  return undefined;
}

function* placesIn(fields: JsonObject, path: string[]): Generator<string[]> {
  for (const name of Object.keys(fields)) {
    if (name === '.') continue;
    const place = [...path, name];
    yield place;
    yield* placesIn(objectAt(fields, name), place);
  }
}

/** One name of FieldsV1 as the server writes it for people (PathElement of structured-merge-diff). */
function textOf(name: string): string {
  const content = name.slice(2);
  if (name.startsWith('k:')) {
    const keys = Object.entries(keysOf(name)).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    return `[${keys.join(',')}]`;
  }
  if (name.startsWith('v:')) return `[=${content}]`;
  return name.startsWith('i:') ? `[${content}]` : `.${content}`;
}

function shownIn(object: KubernetesObject, place: readonly string[]): unknown {
  const path: string[] = [];
  let current: unknown = object;
  for (const name of place) {
    const segment = segmentOf(current, name);
    if (segment === undefined) return undefined;
    current = Array.isArray(current) ? current[Number(segment)] : valueAt(current, segment);
    path.push(segment);
  }
  return current === undefined ? undefined : shownAt(object, path, current);
}

function segmentOf(value: unknown, name: string): string | undefined {
  if (isJsonObject(value)) return name.slice(2);
  if (!Array.isArray(value)) return undefined;
  if (name.startsWith('i:')) return name.slice(2);
  const index = value.findIndex((element) => isNameOf(name, element));
  return index === -1 ? undefined : String(index);
}
