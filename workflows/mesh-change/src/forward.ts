import { isCancellation } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import {
  Command,
  failureOf,
  OnFailure,
  Phase,
  type Failure,
  type StageProgress,
  type StageSummary,
} from '@meshwright/model';
import { planOf, type Change, type Turn } from './change.ts';
import { hasWayBack, mayGoOn } from './commands.ts';
import { turnedBack } from './failures.ts';
import { hasBegun, markFailed, runStage } from './stages.ts';
import { standStill } from './standing.ts';

/** Carries out the plan's stages, one after the other, until they are done or one of them leads elsewhere. */
export async function goForward(change: Change): Promise<Turn> {
  for (const [place, stage] of planOf(change).stages.entries()) {
    const progress = change.status.stages[place];
    if (progress === undefined) throw new Error(`The stage ${stage.id} has no progress.`);
    const turn = await passStage(change, stage, progress);
    if (turn !== undefined) return turn;
  }
  // Somebody may have turned the change back while its last stage came to its end.
  if (change.orders.forward.consideredCancelled) return afterTurn(change, turnedBack(change));
  change.orders.settled = true;
  return { to: 'kept' };
}

/** Undefined once the stage is done, however often it took. */
async function passStage(
  change: Change,
  stage: StageSummary,
  progress: StageProgress,
): Promise<Turn | undefined> {
  for (;;) {
    try {
      await change.orders.forward.run(async () => {
        await mayGoOn(change);
        await runStage(change, stage, progress);
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      markFailed(progress);
      const turn = await afterFailure(change, error, progress);
      if (turn !== 'retry') return turn;
    }
  }
}

async function afterFailure(
  change: Change,
  error: TemporalFailure,
  progress: StageProgress,
): Promise<Turn | 'retry'> {
  const { input, orders } = change;
  if (orders.forward.consideredCancelled) {
    return afterTurn(change, turnedBack(change, progress, isCancellation(error) ? undefined : error));
  }
  const failure: Failure = { ...failureOf(error), stage: progress.id };
  if (!hasWayBack(change)) return { to: 'end', phase: Phase.failed, failure };
  if (input.onFailure === OnFailure.rollback) return { to: 'back', failure };
  const decision = await standStill(change, failure);
  if (decision.to === 'retry') return 'retry';
  return decision.to === 'rollback' ? { to: 'back', failure } : decision;
}

/** After somebody has turned the change back or cancelled it: the way back, unless there is none or nobody wants it. */
function afterTurn(change: Change, failure: Failure): Turn {
  const { input, orders, status } = change;
  const wanted = orders.turn?.command === Command.rollback || input.onFailure === OnFailure.rollback;
  return wanted && hasWayBack(change) && status.stages.some(hasBegun)
    ? { to: 'back', failure }
    : { to: 'end', phase: Phase.cancelled, failure };
}
