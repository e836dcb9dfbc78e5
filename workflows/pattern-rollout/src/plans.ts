import { RequestKind, type PlanSummary } from '@meshwright/model';
import type { Rollout } from './state.ts';

/** The plans of all targets. */
export function plansOf({ status }: Rollout): PlanSummary[] {
  return status.targets.flatMap((target) => (target.plan === undefined ? [] : [target.plan]));
}

/** How a rollout plans: what a person has asked for is tried although its commit may be held. */
export function manner({ input }: Rollout): { adopt: boolean; despiteHold: boolean } {
  return { adopt: input.request?.kind === RequestKind.adopt, despiteHold: input.request !== undefined };
}
