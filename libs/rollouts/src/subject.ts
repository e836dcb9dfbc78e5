import { digestOf } from '@meshwright/evidence';
import {
  type ApprovalStatus,
  MeshwrightError,
  type PlanSummary,
  type RolloutStatus,
} from '@meshwright/model';

/**
 * The digest that plans are approved by: of one plan its own, of several the digest of theirs in the order of their
 * clusters. Worked out here again, so that what a person reads is what they approve, whatever a status says.
 */
export function subjectOf(plans: readonly PlanSummary[]): string {
  const [only, ...others] = plans;
  if (only !== undefined && others.length === 0) return only.digest;
  const inOrder = plans.toSorted((one, other) => (one.cluster < other.cluster ? -1 : 1));
  return digestOf(inOrder.map(({ digest }) => `${digest}\n`).join(''));
}

/** @throws MeshwrightError PLAN_MISMATCH unless the subject of the approval names exactly these plans. */
export function requireSameSubject({ rollout, targets }: RolloutStatus, { subject }: ApprovalStatus): void {
  const own = subjectOf(targets.flatMap(({ plan }) => plan ?? []));
  if (own === subject) return;
  throw new MeshwrightError('PLAN_MISMATCH', `The approval of ${rollout} does not name the plans it shows.`, {
    lines: [`asked for: ${subject}`, `its plans: ${own}`],
    remedy:
      'Look again in a moment; when it stays so, the orchestrator and this command are of different releases.',
  });
}
