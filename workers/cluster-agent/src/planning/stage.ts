import type { ObjectChange, PlannedStage } from '@meshwright/model';

/** Which part of a change a stage belongs to; the way back takes everything after `prepare` back before it. */
export type Part = 'prepare' | 'switch-over' | 'change';

/** A stage before it is compared with the cluster. */
export interface ComposedStage extends Omit<PlannedStage, 'changes'> {
  part: Part;
  /** Whether its objects are there for this change alone: the stage after it deletes them again, and nothing puts them back. */
  temporary?: true;
}

/** A stage with nothing in it yet. */
export function emptyStage(
  named: Pick<ComposedStage, 'id' | 'title' | 'kind' | 'timeoutSeconds'> & Partial<ComposedStage>,
): ComposedStage {
  return {
    part: 'change',
    objects: [],
    deletes: [],
    leftovers: [],
    releases: [],
    restarts: [],
    ...named,
  };
}

/** A stage as the plan keeps it. */
export function plannedStage(stage: ComposedStage, changes: ObjectChange[]): PlannedStage {
  const { id, title, kind, timeoutSeconds, requires, meshStage, sweeps } = stage;
  const { objects, deletes, leftovers, releases, restarts } = stage;
  return {
    id,
    title,
    kind,
    timeoutSeconds,
    ...(requires === undefined ? {} : { requires }),
    ...(meshStage === undefined ? {} : { meshStage }),
    objects,
    deletes,
    leftovers,
    ...(sweeps === undefined ? {} : { sweeps }),
    releases,
    restarts,
    changes,
  };
}

/** Whether a stage does anything beyond looking. */
export function hasWork(stage: Omit<PlannedStage, 'changes'>): boolean {
  const { objects, deletes, leftovers, releases, restarts } = stage;
  return objects.length + deletes.length + leftovers.length + releases.length + restarts.length > 0;
}

/** How long a stage that only deletes may take. */
export const pruneTimeoutSeconds = 300;
/** How long workloads may take to become ready. */
export const workloadTimeoutSeconds = 600;

/** How long it may take to restart workloads, a few at once; one that does not become ready ends it earlier. */
export function restartTimeoutSeconds(workloads: number, atOnce: number): number {
  return workloadTimeoutSeconds * Math.max(1, Math.ceil(workloads / atOnce));
}
