import { type ChangeStatus, type PlanSummary, Purpose, type RolloutStatus } from '@meshwright/model';

/** What a rollout of an earlier release told: without the parts that came later. */
type Earlier<T, Later extends keyof T> = Omit<T, Later> & Partial<Pick<T, Later>>;

type EarlierPlan = Earlier<PlanSummary, 'purpose' | 'rollback' | 'confirmations' | 'blastRadius'>;
type EarlierTarget = Earlier<ChangeStatus, 'interventions' | 'plan'> & { plan?: EarlierPlan };
type EarlierStatus = Earlier<RolloutStatus, 'purpose' | 'interventions' | 'targets'> & {
  targets: EarlierTarget[];
};

/** A status as it is known today: what rollouts of earlier releases did not tell yet is filled in with nothing. */
export function completeStatus(status: EarlierStatus): RolloutStatus {
  return {
    ...status,
    purpose: status.purpose ?? Purpose.apply,
    interventions: status.interventions ?? [],
    targets: status.targets.map(completeTarget),
  };
}

/** A change's status as it is known today. */
export function completeTarget({ plan, ...target }: EarlierTarget): ChangeStatus {
  return {
    ...target,
    interventions: target.interventions ?? [],
    ...(plan === undefined ? {} : { plan: completePlan(plan) }),
  };
}

function completePlan(plan: EarlierPlan): PlanSummary {
  return {
    ...plan,
    purpose: plan.purpose ?? Purpose.apply,
    rollback: plan.rollback ?? [],
    confirmations: plan.confirmations ?? [],
    blastRadius: plan.blastRadius ?? { namespaces: [], workloads: 0, pods: 0 },
  };
}
