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
import { isEmpty, plansOf } from './planning.ts';
import { publish, RolloutStop, stopIfSuperseded, waitFor, type Rollout } from './state.ts';

const decide = defineUpdate<RolloutStatus, [DecisionRequest]>(Message.decide);

/** Takes decisions from now on: each is checked before it is written to history, and answered. */
export function takeDecisions(rollout: Rollout): void {
  const { status, input } = rollout;
  const check = (request: DecisionRequest): void => {
    const refusal = refusalOf(request, status.approval, input.commit, Date.now());
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
 * Waits until the plans, as they stand now, are approved; returns at once where none of them changes anything or no
 * approval is asked for. Plans that change meanwhile open a new gate: nothing counts that was decided on others.
 * @throws RolloutStop when the plans are rejected, nobody decides in time, or a newer rollout takes over.
 */
export async function awaitApproval(rollout: Rollout): Promise<void> {
  const { status } = rollout;
  if (!needsApproval(rollout)) return;
  for (;;) {
    stopIfSuperseded(rollout);
    const approval = gateFor(rollout);
    waitFor(status, `an approval, until ${moment(approval.expiresAt)}`);
    publish(status, Phase.awaitingApproval);
    const over = (): boolean =>
      outcomeOf(approval) !== undefined || status.approval !== approval || rollout.supersededBy !== undefined;
    const inTime = await condition(over, Math.max(1, approval.expiresAt - Date.now()));
    stopIfSuperseded(rollout);
    if (status.approval !== approval) continue;
    settle(approval, inTime);
    waitFor(status, undefined);
    for (const target of status.targets) {
      if (target.phase === Phase.awaitingApproval) target.phase = Phase.queued;
    }
    return;
  }
}

function needsApproval(rollout: Rollout): boolean {
  return rollout.valid.approval.required && !plansOf(rollout).every(isEmpty);
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
