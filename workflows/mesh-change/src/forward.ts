import { TemporalFailure } from '@temporalio/common';
import {
  Contrast,
  failureOf,
  OnFailure,
  Phase,
  type Failure,
  type StageProgress,
  type StageSummary,
} from '@meshwright/model';
import { pending, planOf, type Change, type Turn } from './change.ts';
import { hasWayBack, mayGoOn } from './commands.ts';
import type { Gate } from './gate/gate.ts';
import { judgeToggled } from './gate/toggling.ts';
import { judgeAfter, judgeBefore } from './gate/verdict.ts';
import { afterBurst, underWatch } from './gate/watch.ts';
import { markFailed, runStage } from './stages.ts';
import { standStill } from './standing.ts';
import { afterTurn } from './turning.ts';

/**
 * Carries out the plan's stages, one after the other, until they are done or one of them leads elsewhere. With a gate,
 * the workload is measured before them and after them, or where both configurations are live.
 */
export async function goForward(change: Change, gate?: Gate): Promise<Turn> {
  const turn = await carryOut(change, gate);
  if (turn !== undefined) return turn;
  // Somebody may have turned the change back while its last stage came to its end.
  const { forward, burst } = change.orders;
  const last = change.status.stages.at(-1);
  if (burst !== undefined && last !== undefined) {
    // All stages are done: whoever wants it to go on keeps it.
    const after = await afterBurst(change, burst, last);
    if (after !== 'retry') return after;
  } else if (forward.consideredCancelled) return afterTurn(change);
  change.orders.settled = true;
  return { to: 'kept' };
}

/** Undefined when the change is in place, and kept. */
async function carryOut(change: Change, gate: Gate | undefined): Promise<Turn | undefined> {
  if (gate === undefined) return passStages(change, gate);
  if (gate.plan.contrast === Contrast.toggled) {
    return judgeToggled(change, gate, {
      on: () => passStages(change, gate),
      off: () => takeStagesBack(change),
    });
  }
  return (
    (await judgeBefore(change, gate)) ??
    (await underWatch(change, gate, () => passStages(change, gate))) ??
    (gate.plan.afterStage === undefined ? judgeAfter(change, gate) : undefined)
  );
}

/** Undefined once all stages are done. */
async function passStages(change: Change, gate: Gate | undefined): Promise<Turn | undefined> {
  for (const [place, stage] of planOf(change).stages.entries()) {
    const progress = change.status.stages[place];
    if (progress === undefined) throw new Error(`The stage ${stage.id} has no progress.`);
    const turn = await passStage(change, stage, progress);
    if (turn !== undefined) return turn;
    if (gate?.plan.afterStage !== stage.id) continue;
    const judged = await judgeAfter(change, gate);
    if (judged !== undefined) return judged;
  }
  return undefined;
}

/** Takes all stages back to carry them out again; undefined once the target is as it was. */
async function takeStagesBack(change: Change): Promise<Turn | undefined> {
  const { orders, status } = change;
  for (const stage of planOf(change).rollback) {
    try {
      await orders.forward.run(async () => {
        await mayGoOn(change);
        await runStage(change, stage, pending(stage));
      });
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      if (orders.forward.consideredCancelled) return afterTurn(change, undefined, error);
      return { to: 'back', failure: { ...failureOf(error), stage: stage.id } };
    }
  }
  status.stages = planOf(change).stages.map(pending);
  return undefined;
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
  if (orders.burst !== undefined) return afterBurst(change, orders.burst, progress);
  if (orders.forward.consideredCancelled) return afterTurn(change, progress, error);
  const failure: Failure = { ...failureOf(error), stage: progress.id };
  if (!hasWayBack(change)) return { to: 'end', phase: Phase.failed, failure };
  if (input.onFailure === OnFailure.rollback) return { to: 'back', failure };
  const decision = await standStill(change, failure);
  if (decision.to === 'end') return decision;
  return decision.to === 'rollback' ? { to: 'back', failure } : 'retry';
}
