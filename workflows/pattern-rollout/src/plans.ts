import { PlanAction, RequestKind, type PlanSummary } from '@meshwright/model';
import { confirmationsOf } from '@meshwright/approval-gate';
import type { Rollout } from './state.ts';

/** The plans of all targets. */
export function plansOf({ status }: Rollout): PlanSummary[] {
  return status.targets.flatMap((target) => (target.plan === undefined ? [] : [target.plan]));
}

/** Whether a plan leaves its target as it is. */
export function isEmpty(plan: PlanSummary): boolean {
  return plan.action === PlanAction.none || plan.stages.length === 0;
}

/** Whether somebody has to decide on a plan before it is carried out. */
export function asksFirst({ valid }: Rollout, plan: PlanSummary): boolean {
  return !isEmpty(plan) && (valid.approval.required || confirmationsOf(plan).length > 0);
}

/** How a rollout plans: what a person has asked for is tried although its commit may be held. */
export function manner({ input }: Rollout): { adopt: boolean; despiteHold: boolean } {
  return { adopt: input.request?.kind === RequestKind.adopt, despiteHold: input.request !== undefined };
}
