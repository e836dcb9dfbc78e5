import { CancellationScope } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import {
  failureOf,
  Phase,
  StageState,
  type Failure,
  type StageProgress,
  type UndoSummary,
} from '@meshwright/model';
import { announce, pending, planOf, type Change, type Ending } from './change.ts';
import { mayGoOn } from './commands.ts';
import { withLines } from './failures.ts';
import { hasBegun, markFailed, runStage } from './stages.ts';
import { standStill } from './standing.ts';

/**
 * Takes back what was begun, in the order of the plan's way back, whatever happens to the run meanwhile. Leads to the
 * end: rolled back with the failure that made it turn, or failed where a stage of the way back does not succeed and
 * nobody wants to try it again.
 */
export async function goBack(change: Change, cause: Failure): Promise<Ending> {
  const { status } = change;
  const steps = wayBackOf(change).map((stage) => ({ stage, progress: pending(stage) }));
  status.rollback = steps.map(({ progress }) => progress);
  status.failure = cause;
  return CancellationScope.nonCancellable(async () => {
    await announce(change, Phase.rollingBack);
    for (const { stage, progress } of steps) {
      const ending = await passUndo(change, stage, progress, cause);
      if (ending !== undefined) return ending;
    }
    return {
      to: 'end',
      phase: Phase.rolledBack,
      failure: withLines(cause, takenBack(status.rollback ?? [])),
    };
  });
}

/** The stages of the way back that take back something that was begun. */
function wayBackOf(change: Change): UndoSummary[] {
  const begun = new Set(change.status.stages.filter(hasBegun).map(({ id }) => id));
  return planOf(change).rollback.filter(({ undoes }) => undoes.some((id) => begun.has(id)));
}

/** Undefined once the stage is done, however often it took. */
async function passUndo(
  change: Change,
  stage: UndoSummary,
  progress: StageProgress,
  cause: Failure,
): Promise<Ending | undefined> {
  const { status } = change;
  for (;;) {
    try {
      await mayGoOn(change);
      await runStage(change, stage, progress);
      return undefined;
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      markFailed(progress);
      const decision = await standStill(change, undoFailure(error, progress, status.rollback ?? [], cause));
      if (decision.to === 'end') return decision;
      status.failure = cause;
      await announce(change, Phase.rollingBack);
    }
  }
}

function undoFailure(
  error: TemporalFailure,
  { id, title }: StageProgress,
  wayBack: readonly StageProgress[],
  cause: Failure,
): Failure {
  const failure = failureOf(error);
  const missing = wayBack.filter(({ state }) => state !== StageState.done);
  return withLines(
    { ...failure, message: `The way back stopped at "${title}": ${failure.message}`, stage: id },
    `Not taken back yet: ${titles(missing)}.`,
    takenBack(wayBack),
    `The change itself had failed${cause.stage === undefined ? '' : ` at stage ${cause.stage}`}: ${cause.message}`,
  );
}

function takenBack(wayBack: readonly StageProgress[]): string {
  const done = wayBack.filter(({ state }) => state === StageState.done);
  return done.length === 0 ? 'Nothing had to be taken back.' : `Done on the way back: ${titles(done)}.`;
}

function titles(stages: readonly StageProgress[]): string {
  return stages.map(({ title }) => `"${title}"`).join(', ');
}
