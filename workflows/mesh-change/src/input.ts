import type { Digest, OnFailure, PlanSummary } from '@meshwright/model';

/** What starts the change of one target. */
export interface MeshChangeInput {
  /** The workflow id of the rollout it belongs to. */
  rollout: string;
  repository: string;
  commit: string;
  pattern: string;
  /** The digest of the pattern's snapshot. */
  snapshot: Digest;
  cluster: string;
  plan: PlanSummary;
  /**
   * True when another run held the target since the plan was made. Then the plan is made again under the lock; if it
   * came out differently and somebody has to decide on it, the change ends at once as `awaiting-approval` with the new
   * plan.
   */
  planAgain: boolean;
  /** Whether no plan of this rollout is carried out without a decision; a plan may ask to be confirmed by itself. */
  decisionRequired: boolean;
  onFailure: OnFailure;
  adopt: boolean;
  despiteHold: boolean;
  /** A commit that is not tried again by itself once this change is kept, with the reason. */
  holds?: { commit: string; reason: string };
}
