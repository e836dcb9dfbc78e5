import { formatReference, type ObjectReference } from './kubernetes.ts';
import {
  type ChangeCounts,
  type Digest,
  noChanges,
  type ObjectChange,
  type Plan,
  type PlannedStage,
  type PlanSummary,
  type StageSummary,
} from './plan.ts';

/** What a stage does to objects. */
type StageWork = Pick<PlannedStage, 'changes' | 'leftovers' | 'releases'>;

/** Counts how many objects change in which way. */
export function countChanges(changes: readonly ObjectChange[]): ChangeCounts {
  const counts = { ...noChanges };
  for (const { change } of changes) counts[change] += 1;
  return counts;
}

/** Counts to how many objects stages do what: one that is let go of is no update, although a mark of it changes. */
export function countWork(stages: readonly StageWork[]): ChangeCounts {
  const changes = stages.flatMap(ownChanges);
  const release = stages.reduce((sum, { releases }) => sum + releases.length, 0);
  const leftover = stages.reduce((sum, stage) => sum + leftoversOf(stage).length, 0);
  const takeOver = changes.filter(({ owners }) => owners !== undefined).length;
  return {
    ...countChanges(changes),
    ...(release === 0 ? {} : { release }),
    ...(leftover === 0 ? {} : { leftover }),
    ...(takeOver === 0 ? {} : { takeOver }),
  };
}

/** The changes of a stage but those that only let an object go: it is among the releases. */
export function ownChanges({ changes, releases }: Pick<StageWork, 'changes' | 'releases'>): ObjectChange[] {
  const released = new Set(releases.map(formatReference));
  return changes.filter(({ object }) => !released.has(formatReference(object)));
}

/** The leftovers of a stage that are not among its changes already. */
export function leftoversOf({
  changes,
  leftovers,
}: Pick<StageWork, 'changes' | 'leftovers'>): ObjectReference[] {
  const deleted = changes.filter(({ change }) => change === 'delete');
  const names = new Set(deleted.map(({ object }) => formatReference(object)));
  return leftovers.filter((leftover) => !names.has(formatReference(leftover)));
}

/** The summary of a plan, given its digest. */
export function summarizePlan(plan: Plan, digest: Digest): PlanSummary {
  const { cluster, purpose, action, mesh, meshBefore, blastRadius, gate, confirmations, warnings } = plan;
  const stages = plan.stages.map(summarizeStage);
  const drifted = countDrifted(plan);
  return {
    digest,
    cluster,
    purpose,
    action,
    mesh,
    ...(meshBefore === undefined ? {} : { meshBefore }),
    stages,
    rollback: plan.rollback.map((stage) => ({ ...summarizeStage(stage), undoes: stage.undoes })),
    counts: countWork(plan.stages),
    blastRadius,
    restarts: stages.reduce((sum, stage) => sum + stage.restarts, 0),
    ...(drifted === 0 ? {} : { drifted }),
    ...(gate === undefined ? {} : { gate }),
    confirmations,
    warnings,
  };
}

function countDrifted({ stages }: Plan): number {
  const changes = stages.flatMap((stage) => stage.changes);
  return changes.filter(({ fields }) => fields.some(({ driftedBy = [] }) => driftedBy.length > 0)).length;
}

/** What people are shown of a stage. */
export function summarizeStage(stage: PlannedStage): StageSummary {
  const { id, title, kind, timeoutSeconds, requires } = stage;
  return {
    id,
    title,
    kind,
    timeoutSeconds,
    ...(requires === undefined ? {} : { requires }),
    counts: countWork([stage]),
    restarts: stage.restarts.length,
  };
}
