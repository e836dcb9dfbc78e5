import {
  Change,
  formatReference,
  type ObjectReference,
  type PatternSnapshot,
  type PlannedStage,
  plural,
  referenceKey,
} from '@meshwright/model';

/**
 * The deletions of a plan need a person when there are more than the pattern allows without asking. What the plan itself
 * creates before it is none of them.
 */
export function confirmDeletions(stages: readonly PlannedStage[], budget: number): string[] {
  const changes = stages.flatMap((stage) => stage.changes);
  const of = (wanted: Change) =>
    changes.filter(({ change }) => change === wanted).map(({ object }) => object);
  const created = new Set(of(Change.create).map(referenceKey));
  const deleted = of(Change.delete).filter((object) => !created.has(referenceKey(object)));
  if (deleted.length <= budget) return [];
  return [
    `It deletes ${plural(deleted.length, 'object')}, and spec.change.deleteBudget is ${budget}: ${sample(deleted)}.`,
  ];
}

/**
 * A pattern that held workloads, traffic or resources, and holds none of them now, is a mistake until a person says
 * otherwise. Where it is not known what it held, whatever it deletes counts.
 */
export function confirmEmptiness(
  gone: readonly ObjectReference[],
  before: PatternSnapshot | undefined,
): string[] {
  if (gone.length === 0 || (before !== undefined && isEmpty(before))) return [];
  return [
    `The pattern names no workloads, traffic or resources any more, and ${plural(gone.length, 'object')} that it owns would be deleted: ${sample(gone)}.`,
  ];
}

/** Whether a pattern is of a mesh and nothing else. */
export function isEmpty({ workloads, traffic, resources }: PatternSnapshot): boolean {
  return workloads.length + traffic.length + resources.length === 0;
}

function sample(references: readonly ObjectReference[]): string {
  const named = references.slice(0, 5).map(formatReference).join(', ');
  return references.length > 5 ? `${named} and ${references.length - 5} more` : named;
}
