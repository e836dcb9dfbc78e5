import type { ApprovalStatus, ApprovalTerms, TakenDecision } from './approval.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { GateStatus } from './gate.ts';
import type { OnFailure } from './pattern.ts';
import type { Digest, PlanSummary, Purpose } from './plan.ts';
import type { WantedMesh } from './plan-words.ts';

/** Where a rollout or a change stands. */
export const Phase = {
  planning: 'planning',
  awaitingApproval: 'awaiting-approval',
  queued: 'queued',
  changing: 'changing',
  /** The workload is being measured, before the change, during it or after it. */
  measuring: 'measuring',
  /** A person asked it to wait before the next stage. */
  paused: 'paused',
  rollingBack: 'rolling-back',
  /** A stage failed and a person has to say how it goes on: retry, roll back, or leave it. */
  stopped: 'stopped',
  succeeded: 'succeeded',
  failed: 'failed',
  /** A stage failed, and everything is as it was before. */
  rolledBack: 'rolled-back',
  invalid: 'invalid',
  rejected: 'rejected',
  cancelled: 'cancelled',
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

const finalPhases: readonly Phase[] = [
  Phase.succeeded,
  Phase.failed,
  Phase.rolledBack,
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
  /** The stages of the way back, once it is gone. */
  rollback?: StageProgress[];
  /** How its measurement stands, where its plan has a gate. */
  gate?: GateStatus;
  /** What people asked of the change while it ran, oldest first. */
  interventions: Intervention[];
  waitingFor?: string;
  failure?: Failure;
  /** What exists on the target and belongs to the pattern, counted by kind; said when a change fails. */
  owned?: OwnedObjects;
}

/** What a person can ask of a running rollout. */
export const Command = {
  /** Wait before the next stage. */
  pause: 'pause',
  /** Go on after a pause, or keep a change that its gate stopped. */
  resume: 'resume',
  /** Try the failed stage of a stopped change again, on the way forward or back. */
  retry: 'retry',
  /** Take back what was done so far. */
  rollback: 'rollback',
  /** End a stopped change as it is, or end a rollout: what it changes is taken back, as after a failure. */
  cancel: 'cancel',
} as const;
export type Command = (typeof Command)[keyof typeof Command];

/** What the update `command` takes. */
export interface CommandRequest {
  command: Command;
  identity: string;
  reason?: string;
}

/** A command that was taken; `at` is milliseconds since 1970. */
export interface Intervention extends CommandRequest {
  at: number;
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
  /** Without a version where it is to be uninstalled: the plans say what is installed. */
  mesh?: WantedMesh;
  targets: ChangeStatus[];
  /** The gate that waits, or that was decided last. */
  approval?: ApprovalStatus;
  /** The decisions at its gates, oldest first. */
  decisions: TakenDecision[];
  purpose: Purpose;
  /** Set where a person started the rollout, not a commit. */
  request?: RolloutRequest;
  /** What people asked of the rollout, oldest first. */
  interventions: Intervention[];
  /** Which commit is not tried again by itself and why, and the branch that reverts it, or why there is none. */
  hold?: { commit: string; reason: string; revert?: string; refused?: string };
  diagnostics: Diagnostic[];
  waitingFor?: string;
  failure?: Failure;
  startedAt: number;
  finishedAt?: number;
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
  purpose: Purpose;
  /** Set where a person started the rollout, not a commit. */
  request?: RolloutRequest;
  /** The chats and forges that are told of it; absent where there are none. */
  channels?: string[];
}

/** What a person asked for when they started a rollout by hand. */
export interface RolloutRequest {
  kind: RequestKind;
  identity: string;
  reason?: string;
  /** Of a rollback: the commit that is taken back, and held from then on. */
  holds?: string;
}

export const RequestKind = {
  /** Again, although the commit may be held. */
  retry: 'retry',
  /** An earlier commit again. */
  rollback: 'rollback',
  adopt: 'adopt',
  uninstall: 'uninstall',
} as const;
export type RequestKind = (typeof RequestKind)[keyof typeof RequestKind];

export interface CommitInfo {
  id: string;
  author: string;
  authorEmail: string;
  /**
   * Who authored or committed it or a commit before it that has not been read: everybody whose wish it is. At most 100; with
   * more, reading is refused.
   */
  contributors: { name: string; email: string }[];
  subject: string;
  /** Milliseconds since 1970. */
  committedAt: number;
}

export interface ValidPattern {
  snapshot: Digest;
  mesh: { type: string; version: string };
  targets: { cluster: string; wave: number }[];
  onFailure: OnFailure;
  approval: ApprovalTerms & { required: boolean; betweenWaves: boolean };
}
