import { condition, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  Message,
  Phase,
  type ApprovalStatus,
  type DecisionRequest,
  type RolloutStatus,
} from '@meshwright/model';
import { failRun, moment } from '@meshwright/workflow-kit';
import { openApproval, outcomeOf, refusalOf, subjectOf } from './approval.ts';
import { asksFirst, plansOf } from './plans.ts';
import { isOver, publish, RolloutStop, stopIfOver, waitFor, type Rollout } from './state.ts';

const decide = defineUpdate<RolloutStatus, [DecisionRequest]>(Message.decide);

/** Takes decisions from now on: each is checked before it is written to history, and answered. */
export function takeDecisions(rollout: Rollout): void {
  const { status, input } = rollout;
  const check = (request: DecisionRequest): void => {
    const refusal = refusalOf(request, status.approval, input, Date.now());
    if (refusal !== undefined) throw failRun(refusal, {});
  };
  setHandler(
    decide,
    (request) => {
      // Two decisions may have been validated before either was taken.
      check(request);
      const { decision, identity, reason } = request;
      const taken = { decision, identity, ...(reason === undefined ? {} : { reason }), at: Date.now() };
      status.approval?.decisions.push(taken);
      publish(status);
      return status;
    },
    { validator: check },
  );
}

/**
 * Waits until the plans, as they stand now, are approved or confirmed; returns at once where none of them changes anything
 * or nobody has to decide. Plans that change meanwhile open a new gate: nothing counts that was decided on others.
 * @throws RolloutStop when the plans are rejected, nobody decides in time, somebody cancels the
 *   rollout, or a newer one takes over.
 */
export async function awaitApproval(rollout: Rollout): Promise<void> {
  const { status } = rollout;
  if (!plansOf(rollout).some((plan) => asksFirst(rollout, plan))) return;
  for (;;) {
    stopIfOver(rollout);
    const approval = gateFor(rollout);
    waitFor(status, waitOf(approval));
    publish(status, Phase.awaitingApproval);
    const over = (): boolean =>
      outcomeOf(approval) !== undefined || status.approval !== approval || isOver(rollout);
    const inTime = await condition(over, Math.max(1, approval.expiresAt - Date.now()));
    stopIfOver(rollout);
    if (status.approval !== approval) continue;
    settle(approval, inTime);
    waitFor(status, undefined);
    for (const target of status.targets) {
      if (target.phase === Phase.awaitingApproval) target.phase = Phase.queued;
    }
    return;
  }
}

/** What a gate is waiting for, in words people are shown. */
export function waitOf({ authorMayDecide, expiresAt }: ApprovalStatus): string {
  return `${authorMayDecide === true ? 'a confirmation' : 'an approval'}, until ${moment(expiresAt)}`;
}

function gateFor(rollout: Rollout): ApprovalStatus {
  const { status, valid } = rollout;
  const plans = plansOf(rollout);
  if (status.approval?.subject !== subjectOf(plans)) {
    status.approval = openApproval(valid.approval, plans, Date.now());
  }
  return status.approval;
}

function settle(approval: ApprovalStatus, inTime: boolean): void {
  if (!inTime) {
    throw new RolloutStop(Phase.rejected, {
      code: 'APPROVAL_EXPIRED',
      message: `Nobody approved the plan until ${moment(approval.expiresAt)}.`,
      remedy: 'Commit again, or start the rollout again, when somebody can decide.',
    });
  }
  const rejection = approval.decisions.find(({ decision }) => decision === 'reject');
  if (rejection === undefined) return;
  const why = rejection.reason === undefined ? '' : `: ${rejection.reason}`;
  throw new RolloutStop(Phase.rejected, {
    code: 'APPROVAL_REJECTED',
    message: `${rejection.identity} rejected the plan${why}`,
    remedy: 'Change the pattern and commit again.',
  });
}
