import type { Digest, PlanSummary } from '@meshwright/model';

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
   * came out differently and approval is required, the change ends at once as `awaiting-approval` with the new plan.
   */
  planAgain: boolean;
  approvalRequired: boolean;
}
