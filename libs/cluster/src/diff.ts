import { type FieldChange, type KubernetesObject } from '@meshwright/model';
import { appliedAnnotation } from './field-managers.ts';
import { isJsonObject, sameJson, valueAt } from './json.ts';
import { shown } from './redaction.ts';

/** What the server sets by itself, and our own mark: no change that anybody asked for. */
const ignored: readonly (readonly string[])[] = [
  ['status'],
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
  ['metadata', 'uid'],
  ['metadata', 'generation'],
  ['metadata', 'creationTimestamp'],
  ['metadata', 'selfLink'],
  ['metadata', 'annotations', appliedAnnotation],
];

const mostChanges = 200;

/**
 * The fields that differ between two states of an object, as JSON pointers into the state after (or before, for what is
 * gone). Elements of lists are matched by their `name` where all have one. Values are shortened, and redacted where
 * they may be secret; beyond 200 changes the last one says how many there are.
 */
export function fieldChanges(before: KubernetesObject, after: KubernetesObject): FieldChange[] {
  const changes = [...compare(before, after, [])];
  const kept = changes.slice(0, mostChanges).map((change) => toFieldChange(change, before, after));
  if (changes.length > mostChanges)
    kept.push({ path: '', after: `… and ${changes.length - mostChanges} more fields` });
  return kept;
}

interface RawChange {
  path: string[];
  before: unknown;
  after: unknown;
}

function* compare(before: unknown, after: unknown, path: string[]): Generator<RawChange> {
  if (
    ignored.some((fields) => fields.length === path.length && fields.every((field, i) => field === path[i]))
  )
    return;
  if (sameJson(before, after)) return;
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* compare(valueAt(before, field), valueAt(after, field), [...path, field]);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    yield* compareLists(before, after, path);
  } else if (isIgnoredStructure(path)) {
    // The first label or annotation of an object is compared one by one, to leave ours out.
    yield* compare(before ?? {}, after ?? {}, path);
  } else {
    yield { path, before, after };
  }
}

function isIgnoredStructure(path: readonly string[]): boolean {
  return path.join('/') === 'metadata/annotations';
}

function* compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string[],
): Generator<RawChange> {
  const names = after.map(nameOf);
  const oldNames = before.map(nameOf);
  if (!areUnique(names) || !areUnique(oldNames)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      yield* compare(before[index], after[index], [...path, String(index)]);
    }
    return;
  }
  for (const [index, name] of names.entries()) {
    yield* compare(before[oldNames.indexOf(name)], after[index], [...path, String(index)]);
  }
  for (const [index, name] of oldNames.entries()) {
    if (!names.includes(name))
      yield { path: [...path, String(index)], before: before[index], after: undefined };
  }
}

function nameOf(element: unknown): unknown {
  return isJsonObject(element) ? element.name : undefined;
}

function areUnique(names: readonly unknown[]): boolean {
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

function toFieldChange(
  { path, before, after }: RawChange,
  objectBefore: KubernetesObject,
  objectAfter: KubernetesObject,
): FieldChange {
  return {
    path: toPointer(path),
    ...(before === undefined ? {} : { before: shownAt(objectBefore, path, before) }),
    ...(after === undefined ? {} : { after: shownAt(objectAfter, path, after) }),
  };
}

/** A value of an object as it may be shown ({@link shown}), judged by where it is and by the name beside it. */
export function shownAt(object: KubernetesObject, path: readonly string[], value: unknown): unknown {
  const nameBeside = valueAtPath(object, [...path.slice(0, -1), 'name']);
  // The value of a named entry, such as an environment variable, is judged by that name.
  const named = path.at(-1) === 'value' && typeof nameBeside === 'string' ? [nameBeside] : [];
  return shown(object.kind, [...path, ...named], value);
}

function valueAtPath(object: unknown, path: readonly string[]): unknown {
  let current = object;
  for (const field of path) {
    current = Array.isArray(current) ? current[Number(field)] : valueAt(current, field);
  }
  return current;
}

/** Field names as a JSON pointer (RFC 6901). */
export function toPointer(path: readonly string[]): string {
  return path.map((field) => `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
