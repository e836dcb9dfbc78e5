import type { EvidenceStore } from '@meshwright/evidence';
import {
  type Digest,
  MeshwrightError,
  type Plan,
  type PlannedStage,
  type StageInput,
} from '@meshwright/model';

/** A stage with the plan it belongs to. */
export interface FoundStage {
  plan: Plan;
  stage: PlannedStage;
  /** Whether it is a stage of the way back. */
  isUndo: boolean;
}

/**
 * The stage of the plan, or of its way back, that the digest names; nothing else is ever applied.
 * @throws MeshwrightError EVIDENCE_MISSING, or PLAN_MISMATCH when the plan is for another cluster or lacks the stage.
 */
export async function findStage(
  input: Pick<StageInput, 'cluster' | 'plan' | 'stage'>,
  evidence: EvidenceStore,
): Promise<FoundStage> {
  const plan = await findPlan(input, evidence);
  const forward = plan.stages.find(({ id }) => id === input.stage);
  if (forward !== undefined) return { plan, stage: forward, isUndo: false };
  const undo = plan.rollback.find(({ id }) => id === input.stage);
  if (undo !== undefined) return { plan, stage: undo, isUndo: true };
  throw new MeshwrightError('PLAN_MISMATCH', `Plan ${input.plan} has no stage "${input.stage}".`);
}

/** The plan of a digest. @throws MeshwrightError EVIDENCE_MISSING, or PLAN_MISMATCH for another cluster or format. */
export async function findPlan(
  { cluster, plan: digest }: Pick<StageInput, 'cluster' | 'plan'>,
  evidence: EvidenceStore,
): Promise<Plan> {
  const plan = await readPlan(cluster, digest, evidence);
  if (plan.cluster !== cluster) {
    throw new MeshwrightError(
      'PLAN_MISMATCH',
      `Plan ${digest} is for cluster ${plan.cluster}, not for ${cluster}.`,
    );
  }
  if (plan.formatVersion === 3) return plan as Plan;
  throw new MeshwrightError(
    'PLAN_MISMATCH',
    `Plan ${digest} is of format ${plan.formatVersion}, which this release does not carry out.`,
    { remedy: 'Plan again: retry the rollout, or commit again.' },
  );
}

interface StoredPlan {
  readonly cluster: string;
  readonly formatVersion: number;
}

/** What was read last for each cluster: all stages of a change ask for one plan of megabytes. It stays while memory has it. */
const lastRead = new WeakMap<EvidenceStore, Map<string, { digest: Digest; plan: WeakRef<StoredPlan> }>>();

/** A digest never means another plan; what is given is nobody's to change. */
async function readPlan(cluster: string, digest: Digest, evidence: EvidenceStore): Promise<StoredPlan> {
  const plans = lastRead.get(evidence) ?? new Map<string, { digest: Digest; plan: WeakRef<StoredPlan> }>();
  lastRead.set(evidence, plans);
  const last = plans.get(cluster);
  const known = last?.digest === digest ? last.plan.deref() : undefined;
  if (known !== undefined) return known;
  const plan = await evidence.getJson<StoredPlan>(digest);
  plans.set(cluster, { digest, plan: new WeakRef(plan) });
  return plan;
}
