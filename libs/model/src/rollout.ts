import type { Diagnostic } from './diagnostic.ts';
import type { Digest, PlanSummary } from './plan.ts';

/** Where a rollout or a change stands. */
export const Phase = {
  planning: 'planning',
  awaitingApproval: 'awaiting-approval',
  queued: 'queued',
  changing: 'changing',
  succeeded: 'succeeded',
  failed: 'failed',
  invalid: 'invalid',
  rejected: 'rejected',
  cancelled: 'cancelled',
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

const finalPhases: readonly Phase[] = [
  Phase.succeeded,
  Phase.failed,
  Phase.invalid,
  Phase.rejected,
  Phase.cancelled,
];

/** Whether nothing more will happen in this phase. */
export function isFinal(phase: Phase): boolean {
  return finalPhases.includes(phase);
}

/** Why something ended badly, in the words people are shown. */
export interface Failure {
  code: string;
  message: string;
  remedy?: string;
  /** Where: a cluster, an object, a file position. */
  where?: string;
  /** The stage it stopped at. */
  stage?: string;
  lines?: string[];
}

export const StageState = {
  pending: 'pending',
  applying: 'applying',
  verifying: 'verifying',
  done: 'done',
  failed: 'failed',
} as const;
export type StageState = (typeof StageState)[keyof typeof StageState];

/** How far one stage of a running change is; times are milliseconds since 1970. */
export interface StageProgress {
  id: string;
  title: string;
  state: StageState;
  startedAt?: number;
  finishedAt?: number;
  /** What the stage waits for, or what it found. */
  note?: string;
}

/** The state of one target's change, as its workflow reports it. */
export interface ChangeStatus {
  cluster: string;
  mesh: string;
  phase: Phase;
  plan?: PlanSummary;
  stages: StageProgress[];
  waitingFor?: string;
  failure?: Failure;
  /** What exists on the target and belongs to the pattern, counted by kind; said when a change fails. */
  owned?: OwnedObjects;
}

/** What a pattern owns on a target. */
export interface OwnedObjects {
  total: number;
  /** At most 50 references as people write them. */
  sample: string[];
  /** How to take them away again. */
  removal: string;
}

/** The state of a rollout, as its workflow reports it and as it returns it in the end. */
export interface RolloutStatus {
  rollout: string;
  repository: string;
  pattern: string;
  path: string;
  commit: string;
  author: string;
  subject: string;
  phase: Phase;
  mesh?: { type: string; version: string };
  targets: ChangeStatus[];
  approval?: ApprovalStatus;
  diagnostics: Diagnostic[];
  waitingFor?: string;
  failure?: Failure;
  startedAt: number;
  finishedAt?: number;
}

/** The digest a person decides on: one plan, or several in the order of their clusters. */
export interface ApprovalStatus {
  /** One digest over the plans of all targets. */
  subject: string;
  approvers: string[];
  quorum: number;
  expiresAt: number;
  decisions: ApprovalDecision[];
}

export interface ApprovalDecision {
  decision: 'approve' | 'reject';
  identity: string;
  reason?: string;
  at: number;
}

/** What the update `decide` takes. */
export interface DecisionRequest {
  subject: string;
  decision: 'approve' | 'reject';
  identity: string;
  reason?: string;
}

/** What starts a rollout: one file of one commit, either valid or with the reasons why not. */
export interface RolloutInput {
  repository: string;
  commit: CommitInfo;
  path: string;
  pattern: string;
  /** The pattern's snapshot and what the rollout needs to know of it; absent when the file is invalid. */
  valid?: ValidPattern;
  diagnostics: Diagnostic[];
}

export interface CommitInfo {
  id: string;
  author: string;
  authorEmail: string;
  subject: string;
  /** Milliseconds since 1970. */
  committedAt: number;
}

export interface ValidPattern {
  snapshot: Digest;
  mesh: { type: string; version: string };
  targets: { cluster: string; wave: number }[];
  approval: { required: boolean; approvers: string[]; quorum: number; expiresAfterSeconds: number };
}
