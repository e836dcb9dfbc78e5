import type { FieldChange, FieldOwners, ObjectChange } from '@meshwright/model';

/** Fewer objects than this are shown one by one. */
const fewest = 3;

/** The label by which the inventory knows its members (ApplySet specification, KEP-3659). */
const membership = 'applyset.kubernetes.io/part-of';

/** Objects that change in one and the same way; alone where no others do. */
export interface AlikeChanges {
  /** The first stands for all. */
  first: ObjectChange;
  changes: ObjectChange[];
}

/**
 * Puts together the updates whose fields change from the same values to the same, and whose fields go from the same
 * owners to the same, where there are several: such as the version label of a chart. The order is that of the first of
 * each.
 */
export function groupAlike(changes: readonly ObjectChange[]): AlikeChanges[] {
  const groups = new Map<string | ObjectChange, AlikeChanges>();
  for (const change of changes) {
    const key = isPlainUpdate(change) ? JSON.stringify([change.fields, managersOf(change)]) : change;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: change, changes: [change] });
    else group.changes.push(change);
  }
  return [...groups.values()].flatMap((group) =>
    group.changes.length >= fewest
      ? [group]
      : group.changes.map((change) => ({ first: change, changes: [change] })),
  );
}

/** How many objects are in groups. */
export function countIn(groups: readonly AlikeChanges[]): number {
  return groups.reduce((sum, { changes }) => sum + changes.length, 0);
}

/** A change without the inventory's own mark, which says nothing about the object. */
export function withoutMark(change: ObjectChange): ObjectChange {
  return { ...change, fields: change.fields.filter((field) => !isMark(field)) };
}

/** `helm 2–17, istiod 4`: who holds fields of some objects, with the fewest and the most. */
export function mergeOwners(owners: readonly FieldOwners[]): Record<string, string> {
  const managers = new Set(owners.flatMap(Object.keys));
  return Object.fromEntries(
    [...managers].map((manager) => {
      const counts = owners.map((held) => held[manager] ?? 0);
      const [least, most] = [Math.min(...counts), Math.max(...counts)];
      return [manager, least === most ? String(most) : `${least}–${most}`];
    }),
  );
}

/** One with a cascade, or that the server has not seen yet, is always shown by itself. */
function isPlainUpdate({ change, owners, cascade, predicted }: ObjectChange): boolean {
  const changesHands = owners !== undefined;
  return (change === 'update' || changesHands) && cascade === undefined && predicted !== true;
}

function managersOf({ owners, change }: ObjectChange): unknown {
  return owners === undefined
    ? change
    : [change, Object.keys(owners.before).toSorted(), Object.keys(owners.after).toSorted()];
}

function isMark({ path, before, after }: FieldChange): boolean {
  if (path === `/metadata/labels/${membership.replace('/', '~1')}`) return true;
  return path === '/metadata/labels' && isOnlyMark(before) && isOnlyMark(after);
}

function isOnlyMark(labels: unknown): boolean {
  if (labels === undefined) return true;
  if (typeof labels !== 'object' || labels === null) return false;
  return Object.keys(labels).every((name) => name === membership);
}
