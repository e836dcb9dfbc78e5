import type { EvidenceStore } from '@meshwright/evidence';
import { MeshwrightError, type Plan, type PlannedStage, type StageInput } from '@meshwright/model';

/**
 * The stage of the plan that the digest names; nothing else is ever applied.
 * @throws MeshwrightError EVIDENCE_MISSING, or PLAN_MISMATCH when the plan is for another cluster or lacks the stage.
 */
export async function findStage(
  input: StageInput,
  evidence: EvidenceStore,
): Promise<{ plan: Plan; stage: PlannedStage }> {
  const plan = await evidence.getJson<Plan>(input.plan);
  if (plan.cluster !== input.cluster) {
    throw new MeshwrightError(
      'PLAN_MISMATCH',
      `Plan ${input.plan} is for cluster ${plan.cluster}, not for ${input.cluster}.`,
    );
  }
  const stage = plan.stages.find(({ id }) => id === input.stage);
  if (stage !== undefined) return { plan, stage };
  throw new MeshwrightError('PLAN_MISMATCH', `Plan ${input.plan} has no stage "${input.stage}".`);
}
