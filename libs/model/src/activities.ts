import type { PolicyReading } from './approval.ts';
import type { Digest, PlanSummary, Purpose } from './plan.ts';
import type { CommitInfo, OwnedObjects, RolloutInput } from './rollout.ts';

/** What a repository watch knows of one pattern file: enough to tell whether a commit changed it. */
export interface KnownPattern {
  pattern: string;
  /** The digest of the snapshot, or of the diagnostics when the file was invalid. */
  digest: Digest;
}

/** What was seen of the watched branch. `unreachable` and `refused` say why in words people are shown. */
export type RepositoryObservation =
  | { kind: 'unchanged' }
  | { kind: 'moved'; commit: string }
  | { kind: 'branch-missing'; branch: string }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'refused'; reason: string; remedy?: string };

export interface ObserveRepositoryInput {
  repository: string;
  /** The last commit that was read. */
  lastCommit?: string;
  /** The kind of the observation before this one: a long look returns as soon as it differs. */
  lastKind?: RepositoryObservation['kind'];
}

export interface ReadCommitInput {
  repository: string;
  commit: string;
  /** The commit read before, to tell a force push. */
  previousCommit?: string;
  /** By path. */
  known: Record<string, KnownPattern>;
}

/** One commit, compared with what was known: the rollouts it asks for. */
export interface CommitReading {
  commit: CommitInfo;
  /** New and changed files, valid or not, with the digest each is known by from now on. */
  rollouts: { input: RolloutInput; digest: Digest }[];
  /** Files that are gone; where the pattern was valid, with the rollout that would uninstall it once confirmed. */
  removed: { path: string; pattern: string; rollout?: RolloutInput }[];
  /** Patterns that moved to another path; one that changed as well is also among the rollouts. */
  renamed: { from: string; to: string; pattern: string }[];
  unchanged: number;
  /** The policy file at this commit. */
  policy: PolicyReading;
  /** The chats and forges that are told what becomes of it. */
  channels: string[];
  /** True when the previous commit is not an ancestor of this one. */
  forced: boolean;
  notes: string[];
}

/** Activities of the git watcher, on the task queue `git`. */
export interface RepositoryActivities {
  /** One look at the branch now. */
  observeRepository(input: ObserveRepositoryInput): Promise<RepositoryObservation>;
  /**
   * Looks at the branch at the repository's interval until something differs from the last observation, or a
   * few minutes have passed (then `unchanged`). Heartbeats; stops when cancelled.
   */
  awaitRepositoryChange(input: ObserveRepositoryInput): Promise<RepositoryObservation>;
  /** Fetches the commit, reads and validates its patterns, stores their snapshots as evidence. */
  readCommit(input: ReadCommitInput): Promise<CommitReading>;
  /** Fetches the head of a pull request and reads what it changes; nothing of it counts. */
  readPullRequestHead(input: ReadHeadInput): Promise<PullRequestReading>;
  /** Pushes a branch that reverts what a commit changed of a pattern, on top of the watched branch. Safe to repeat. */
  offerRevert(input: OfferRevertInput): Promise<RevertOffer>;
}

export interface ReadHeadInput {
  repository: string;
  /** Where the commit can be fetched. */
  ref: string;
  commit: string;
}

/** What a pull request changes, compared with the branch it goes into. */
export interface PullRequestReading {
  commit: CommitInfo;
  rollouts: RolloutInput[];
  notes: string[];
}

export interface OfferRevertInput {
  repository: string;
  commit: string;
  pattern: string;
  /** Why, for the commit message. */
  reason: string;
}

/** The branch that was pushed, or why there is none; never an error where the push is refused. */
export type RevertOffer = { branch: string } | { refused: string };

export interface PlanChangeInput {
  cluster: string;
  pattern: string;
  repository: string;
  commit: string;
  snapshot: Digest;
  purpose: Purpose;
  /** Whether an installation of another tool is taken over. */
  adopt: boolean;
  /** Whether a person asked for it, so that a held commit is planned all the same. */
  despiteHold: boolean;
}

export interface StageInput {
  cluster: string;
  plan: Digest;
  /** A stage of the plan, or of its way back. */
  stage: string;
  /** When the stage first began, milliseconds since 1970: its restarts are named by it, so that repeating it restarts nothing twice. */
  at: number;
}

/** The probes of a plan's gate. */
export interface ProbesInput {
  cluster: string;
  plan: Digest;
}

/** How a change ended, for the record that stays on the cluster. */
export interface ConcludeInput {
  cluster: string;
  plan: Digest;
  /** The workflow id of the rollout. */
  rollout: string;
  /** The commit that the target has now where it was kept. */
  commit: string;
  outcome: 'kept' | 'rolled-back';
  /** A commit that is not tried again by itself from now on, with the reason. */
  hold?: { commit: string; reason: string };
  at: number;
}

/** What a stage did or found, in the words people are shown. */
export interface StageResult {
  note: string;
}

/** Activities of a cluster agent, on the task queue `cluster:<name>`. */
export interface TargetActivities {
  /** Renders, compares with the cluster by server-side dry run, stores the plan as evidence. Writes nothing to the cluster. */
  planChange(input: PlanChangeInput): Promise<PlanSummary>;
  /** Applies (or restarts, or prunes) exactly what the plan says of one stage. Safe to repeat. */
  applyStage(input: StageInput): Promise<StageResult>;
  /** Waits until the stage is healthy; fails with NOT_READY and the reason when its time is over. */
  verifyStage(input: StageInput): Promise<StageResult>;
  /** Creates the pods that the plan's gate sends load from and to, and waits until they are ready. Safe to repeat. */
  openProbes(input: ProbesInput): Promise<StageResult>;
  /** Deletes them with their namespaces, and waits until they are gone. Safe to repeat. */
  closeProbes(input: ProbesInput): Promise<StageResult>;
  /** Writes down beside the inventory what the target has now and which commit is held. */
  concludeChange(input: ConcludeInput): Promise<void>;
  /** What the pattern owns on the target now. */
  listOwned(input: { cluster: string; pattern: string }): Promise<OwnedObjects>;
}

/** The state of a repository watch. */
export interface RepositoryStatus {
  repository: string;
  observation: RepositoryObservation['kind'];
  lastCommit?: CommitInfo;
  /** What the watch waits for, in words people are shown. */
  waitingFor: string;
  /** The approval policy that counts; absent where there is none. */
  policy?: { policy: Digest; commit: string };
  /** The workflow that waits for the approval of a changed policy file. */
  policyChange?: string;
  patterns: { path: string; pattern: string; rollout?: string }[];
  /** Files that are gone, with the rollout that uninstalls what they installed once it is confirmed. */
  removed: { path: string; pattern: string; rollout?: string }[];
  notes: string[];
}
