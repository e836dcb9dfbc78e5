import { TemporalFailure } from '@temporalio/common';
import { failureOf, Phase, type PlanSummary } from '@meshwright/model';
import { targetActivities } from '@meshwright/workflow-kit';
import { pending, publish, type Change, type Turn } from './change.ts';
import { turnedBack } from './failures.ts';

const attemptSeconds = 600;

/**
 * Plans again, now that nobody else changes the target. Undefined when the change may go on, `undecided` when somebody
 * has to decide on the new plan first.
 */
export async function planUnderLock(change: Change): Promise<Turn | 'undecided' | undefined> {
  const { input, status, orders } = change;
  status.waitingFor = `a new plan, because another run has changed ${input.cluster}`;
  publish(change);
  let plan: PlanSummary;
  try {
    plan = await orders.forward.run(() => planChange(change));
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return orders.forward.consideredCancelled
      ? { to: 'end', phase: Phase.cancelled, failure: turnedBack(change, status.stages[0]) }
      : { to: 'end', phase: Phase.failed, failure: failureOf(error) };
  } finally {
    delete status.waitingFor;
  }
  status.plan = plan;
  status.stages = plan.stages.map(pending);
  const decisionRequired = input.decisionRequired || plan.confirmations.length > 0;
  return decisionRequired && plan.digest !== input.plan.digest ? 'undecided' : undefined;
}

function planChange({ input, status }: Change): Promise<PlanSummary> {
  const { cluster, pattern, repository, commit, snapshot, adopt, despiteHold } = input;
  const what = `plan ${status.mesh} on ${cluster} again`;
  const { purpose } = input.plan;
  return targetActivities({ cluster, what, attemptSeconds }).planChange({
    cluster,
    pattern,
    repository,
    commit,
    snapshot,
    purpose,
    adopt,
    despiteHold,
  });
}
