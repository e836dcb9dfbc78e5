import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import {
  Command,
  Contrast,
  type Failure,
  failureOf,
  type Judgement,
  OnInconclusive,
  OnRegression,
  Phase,
  PlanAction,
  Verdict,
} from '@meshwright/model';
import { worstVerdict } from '@meshwright/statistics';
import { setAttributes } from '@meshwright/workflow-kit';
import { announce, type Change, planOf, type Turn } from '../change.ts';
import { afterTurn } from '../turning.ts';
import { standStill } from '../standing.ts';
import type { Gate } from './gate.ts';
import { measureAfter, measureBefore, measureRestored } from './measuring.ts';
import { withProbes } from './probes.ts';

/** Measures the workload before anything changes. Undefined when the change may begin. */
export async function judgeBefore(change: Change, gate: Gate): Promise<Turn | undefined> {
  if (gate.plan.afterStage !== undefined) return undefined;
  for (;;) {
    const missing = await attempt(change, () => withProbes(change, gate, () => measureBefore(change, gate)));
    if (missing === undefined) {
      // Of an earlier try.
      delete gate.status.verdict;
      delete gate.status.reason;
      await announce(change, Phase.changing);
      return undefined;
    }
    if (change.orders.forward.consideredCancelled) return afterTurn(change);
    noteUnmeasured(gate, `The workload could not be measured before the change: ${missing}`);
    // Nothing was there to be measured before the mesh was.
    if (planOf(change).action === PlanAction.install) {
      gate.unmeasured = true;
      gate.status.outcome = 'goes on unmeasured: there was nothing to compare with before the installation';
      return undefined;
    }
    const turn = await decide(change, gate, inconclusive(gate));
    if (turn === 'retry') continue;
    gate.unmeasured = true;
    return turn;
  }
}

/** Measures the workload with the change and decides what becomes of it. Undefined when it is kept. */
export async function judgeAfter(change: Change, gate: Gate): Promise<Turn | undefined> {
  if (gate.unmeasured) return undefined;
  for (;;) {
    const missing = await attempt(change, () =>
      withProbes(change, gate, async () => {
        noteVerdict(gate, await measureAfter(change, gate));
        return undefined;
      }),
    );
    if (change.orders.forward.consideredCancelled) return afterTurn(change);
    if (missing !== undefined) {
      noteUnmeasured(gate, `The workload could not be measured with the change: ${missing}`);
    }
    const { verdict = Verdict.inconclusive } = gate.status;
    const turn = await actOn(change, gate, verdict);
    if (turn !== 'retry') return turn;
  }
}

/** After a regression was taken back: is the workload as it was? Changes nothing any more, whatever comes out. */
export async function judgeRestored(change: Change, gate: Gate): Promise<void> {
  if (gate.plan.afterStage !== undefined || gate.comparisons.every(({ before }) => before.length === 0))
    return;
  try {
    await CancellationScope.nonCancellable(() =>
      withProbes(change, gate, async () => {
        const judgements = await measureRestored(change, gate);
        const verdict = worstVerdict(judgements.map((each) => each.verdict));
        gate.status.restored = { verdict, reason: reasonsOf(judgements) };
        return undefined;
      }),
    );
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const reason = `It could not be measured again: ${failureOf(error).message}`;
    gate.status.restored = { verdict: Verdict.inconclusive, reason };
  } finally {
    delete gate.status.measuring;
    delete change.status.waitingFor;
  }
}

/** What becomes of a change by its verdict and its policy: undefined when it is kept, `retry` to measure again. */
export async function actOn(
  change: Change,
  gate: Gate,
  verdict: Verdict,
): Promise<Turn | 'retry' | undefined> {
  const { plan, status } = gate;
  const { reason = '' } = status;
  setAttributes({ verdict });
  const reported =
    verdict === Verdict.regressed
      ? plan.onRegression === OnRegression.report
      : plan.onInconclusive === OnInconclusive.report;
  if (verdict === Verdict.passed || reported) {
    status.outcome = verdict === Verdict.passed ? 'kept' : 'kept: the pattern asks for a report only';
    await announce(change, Phase.changing);
    return undefined;
  }
  if (verdict === Verdict.inconclusive) return decide(change, gate, inconclusive(gate));
  const failure: Failure = { code: 'REGRESSED', message: `The change made the workload worse: ${reason}` };
  if (plan.onRegression === OnRegression.rollback && plan.contrast !== Contrast.advisory) {
    status.outcome = 'taken back';
    return { to: 'back', failure };
  }
  return decide(change, gate, failure);
}

/** Asks a person: undefined to keep the change, `retry` to measure again. */
async function decide(change: Change, gate: Gate, failure: Failure): Promise<Turn | 'retry' | undefined> {
  const asked = {
    ...failure,
    remedy: 'Keep it with `resume`, measure again with `retry`, or take it back with `rollback`.',
  };
  gate.status.asks = true;
  const decision = await standStill(change, asked).finally(() => {
    delete gate.status.asks;
  });
  switch (decision.to) {
    case Command.retry:
      return 'retry';
    case Command.resume:
      gate.status.outcome = `kept by ${decision.identity}${decision.reason === undefined ? '' : `: ${decision.reason}`}`;
      await announce(change, Phase.changing);
      return undefined;
    case Command.rollback:
      gate.status.outcome = 'taken back';
      return { to: 'back', failure };
    case 'end':
      return decision;
  }
}

/** Why it could not be done; undefined when it was. Orders interrupt it. */
export async function attempt(
  change: Change,
  measure: () => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    return await change.orders.forward.run(measure);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return isCancellation(error) ? 'The measurement was called off.' : failureOf(error).message;
  } finally {
    if (change.status.gate !== undefined) delete change.status.gate.measuring;
    delete change.status.waitingFor;
  }
}

/** Without a measurement there is no verdict but inconclusive. */
export function noteUnmeasured({ status }: Gate, reason: string): void {
  status.verdict = Verdict.inconclusive;
  status.reason = reason;
}

/** The verdict of all comparisons, with the reason of each. */
export function noteVerdict({ status, comparisons }: Gate, verdict: Verdict): void {
  status.verdict = verdict;
  status.reason = reasonsOf(comparisons.flatMap(({ shown }) => shown.judgement ?? []));
}

/** The reason of each endpoint; of several, with their names. */
function reasonsOf(judgements: readonly Judgement[]): string {
  const [only] = judgements;
  if (only !== undefined && judgements.length === 1) return only.reason;
  return judgements.map(({ id, reason }) => `${id.replace(/^.*: /, '')}: ${reason}`).join(' ');
}

function inconclusive({ status }: Gate): Failure {
  return { code: 'INCONCLUSIVE', message: `The change could not be judged: ${status.reason ?? ''}` };
}
