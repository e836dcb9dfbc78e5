import type { FieldChange, FieldOwners } from '@meshwright/model';
import { mergeOwners } from './alike.ts';
import { escapeText } from './text.ts';

/** `  (drift by kubectl-edit)`, or nothing where the pattern itself changed. */
export function describeDrift({ driftedBy }: FieldChange): string {
  if (driftedBy === undefined) return '';
  const who = driftedBy.length === 0 ? '' : ` by ${driftedBy.map(escapeText).join(', ')}`;
  return `  (drift${who})`;
}

/** `helm 42, kubectl-edit 1`: who holds how many fields, of several objects from the fewest to the most. */
export function describeOwners(owners: readonly FieldOwners[]): string {
  const most = (manager: string): number => Math.max(...owners.map((held) => held[manager] ?? 0));
  const parts = Object.entries(mergeOwners(owners))
    .toSorted(([one], [other]) => most(other) - most(one) || (one < other ? -1 : 1))
    .map(([manager, count]) => `${escapeText(manager)} ${count}`);
  return parts.length === 0 ? 'nobody' : parts.join(', ');
}
