import type { EndSink, PlanAction, Purpose, Verdict } from '@meshwright/model';

/** How an activity ended. */
export type ActivityOutcome = 'completed' | 'failed' | 'cancelled';

/** What one look at a repository came to. */
export type LookResult = 'seen' | 'branch-missing' | 'unreachable' | 'refused';

/**
 * What is counted, told by whoever did it: activities, clients and the sinks of workflows, never a workflow itself. No
 * method throws. Names are labels and must be no secret; times are in seconds.
 */
export interface Metrics extends EndSink {
  /** `code` is what a failed one failed with. */
  activityEnded(activity: { name: string; outcome: ActivityOutcome; code?: string; seconds: number }): void;
  /** `pattern` is absent where a measurement belongs to none. */
  judged(judgement: { pattern?: string; verdict: Verdict }): void;
  /** `drifted` objects have fields that somebody else has changed. */
  planned(plan: {
    cluster: string;
    pattern: string;
    purpose: Purpose;
    action: PlanAction;
    drifted: number;
  }): void;
  looked(look: { repository: string; result: LookResult }): void;
  commitRead(commit: { repository: string; valid: number; invalid: number }): void;
  /** One attempt at a request to a cluster; without `status` there was no answer. */
  requested(request: { cluster: string; method: string; status?: number; seconds: number }): void;
}
