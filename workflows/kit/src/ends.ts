import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import {
  Phase,
  WorkflowType,
  type ChangeStatus,
  type EndedChange,
  type EndedRollout,
  type EndedStage,
  type RolloutInput,
  type StageProgress,
  type StageSummary,
} from '@meshwright/model';

/** A run that has ended: what it was given, and what it gave or failed with. */
export interface Ended {
  workflowType: string;
  input: unknown;
  status: unknown;
  seconds: number;
}

/** What is counted of a run that has ended. */
export type Counted = { rollout: EndedRollout } | { change: EndedChange };

/** What is counted of this run; undefined where nothing is. */
export function countedOf({ workflowType, input, status, seconds }: Ended): Counted | undefined {
  if (workflowType === WorkflowType.patternRollout) {
    const { pattern, purpose } = input as RolloutInput;
    return { rollout: { pattern, purpose, phase: phaseOf(status), seconds } };
  }
  if (workflowType !== WorkflowType.meshChange) return undefined;
  const { cluster, plan } = input as { cluster: string; plan: { mesh: { type: string } } };
  return {
    change: { cluster, mesh: plan.mesh.type, phase: phaseOf(status), seconds, stages: stagesOf(status) },
  };
}

/**
 * The status that a run failed with; undefined where the error does not end the run, because Temporal tries the task
 * again, or where the next run continues it.
 */
export function statusOfFailure(error: unknown): unknown {
  if (error instanceof CancelledFailure) return { phase: Phase.cancelled };
  if (!(error instanceof ApplicationFailure)) return undefined;
  return error.details?.[1] ?? { phase: Phase.failed };
}

function phaseOf(status: unknown): Phase {
  return (status as { phase: Phase }).phase;
}

function stagesOf(status: unknown): EndedStage[] {
  const { stages = [], rollback = [], plan } = status as Partial<ChangeStatus>;
  return [
    ...endedStages('forward', stages, plan?.stages ?? []),
    ...endedStages('back', rollback, plan?.rollback ?? []),
  ];
}

function endedStages(
  way: EndedStage['way'],
  progress: readonly StageProgress[],
  planned: readonly StageSummary[],
): EndedStage[] {
  const kinds = new Map(planned.map(({ id, kind }) => [id, kind]));
  return progress.flatMap(({ id, state, startedAt, finishedAt }) => {
    const kind = kinds.get(id);
    if (kind === undefined || startedAt === undefined || finishedAt === undefined) return [];
    return [{ way, kind, state, seconds: (finishedAt - startedAt) / 1_000 }];
  });
}
