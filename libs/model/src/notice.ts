import type { Decision } from './approval.ts';
import type { Verdict } from './performance.ts';
import type { BlastRadius, ChangeCounts, Digest } from './plan.ts';
import type { Failure, Phase } from './rollout.ts';

/**
 * A rollout as people are told of it in chats and on pull requests. Texts are as they came from patterns, commits and
 * clusters: whoever renders them escapes them. Nothing secret is in it.
 */
export interface Notice {
  /** Its workflow id and run; of a plan for a pull request, that one's. */
  rollout: string;
  run: string;
  /** What it is about, such as `checkout-mesh: upgrade istio 1.30.0 to 1.31.0`. */
  title: string;
  /** Where it stands, in one sentence. */
  summary: string;
  phase: Phase;
  repository: string;
  pattern: string;
  commit: { id: string; subject: string; author: string; url?: string };
  links: NoticeLink[];
  targets: NoticeTarget[];
  approval?: NoticeApproval;
  failure?: Failure;
  /** What has happened, oldest first; each line is told once. */
  progress: NoticeLine[];
}

export interface NoticeLink {
  label: string;
  url: string;
}

export interface NoticeLine {
  /** The same for the same event. */
  key: string;
  /** Milliseconds since 1970. */
  at: number;
  text: string;
}

/** What becomes of one target. */
export interface NoticeTarget {
  cluster: string;
  phase: Phase;
  /** In words: `upgrade istio 1.30.0 → 1.31.0 (sidecar)`, or `not planned yet`. */
  action: string;
  plan?: Digest;
  counts?: ChangeCounts;
  stages: { title: string; state: string; note?: string }[];
  /** Objects that are deleted, as people write them; at most 20, with the number of the others. */
  deletes: { sample: string[]; others: number };
  blastRadius?: BlastRadius;
  warnings: string[];
  /** The diff field by field, shortened and redacted; at most 200 lines, with the number of the others. */
  diff: { lines: string[]; others: number };
  verdict?: { verdict: Verdict; reason: string; lines: string[] };
  waitingFor?: string;
}

/** A gate that waits for people, or what they have decided. */
export interface NoticeApproval {
  gate: string;
  title: string;
  subject: string;
  /** Whether decisions are still taken. */
  open: boolean;
  /** The people who may approve; empty where anybody who is known may. */
  approvers: string[];
  quorum: number;
  requiredGroups: string[];
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** What has been decided, one line each. */
  decided: string[];
  /** What has to be confirmed: a decision on it is dangerous. */
  confirms: string[];
  held?: string;
  closed?: string;
  escalated: boolean;
  /** What can be decided now. */
  choices: Decision[];
}

/** A picture of a verdict. */
export interface NoticePicture {
  /** PNG. */
  image: Uint8Array;
  title: string;
  /** What it shows, for those who do not see it. */
  description: string;
}

/** What a button or a command is about: exactly what was seen. */
export interface DecisionReference {
  rollout: string;
  run: string;
  gate: string;
  subject: string;
}
