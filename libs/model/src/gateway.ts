import type { Account, ApprovalRules, ApprovalStatus, Decision, Origin, WindowState } from './approval.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { DecisionReference } from './notice.ts';
import type { Digest } from './plan.ts';
import type { CommitInfo, Failure, Phase, RolloutStatus } from './rollout.ts';

/** A workflow that people are told of. */
export interface Told {
  kind: 'rollout' | 'policy-change' | 'pull-request';
  workflow: string;
  run: string;
}

export interface TellInput extends Told {
  repository: string;
  /** A chat or a forge of the configuration. */
  channel: string;
  /** What the channel gave when it was told before. */
  message?: Readonly<Record<string, string>>;
  /** The keys of the progress lines it has been told. */
  told: readonly string[];
}

export interface TellResult {
  message?: Readonly<Record<string, string>>;
  told: string[];
  /** Whether what was told was final. */
  final: boolean;
  /** Whether it goes on by itself, so that there is more to be told soon. */
  moving: boolean;
}

/** What somebody has done in a chat, on a pull request or through the API, after its signature was believed. */
export interface Delivery {
  /** The chat or forge it came through. */
  service: string;
  /** The same when the service sends it again. */
  id: string;
  account: Account;
  /** Where it was done, in words people are shown. */
  from: string;
  about: DeliverySubject;
  action: DeliveryAction;
  /** Where an answer goes. */
  reply: Readonly<Record<string, string>>;
}

/** What it was done to: what a message showed, or a pull request. */
export type DeliverySubject =
  | { kind: 'message'; reference: DecisionReference }
  | { kind: 'pull-request'; repository: string; number: number };

/** What is asked for. On a pull request a decision names the plan by the first digits of its subject. */
export type DeliveryAction =
  | { kind: 'decide'; decision: Decision; subject?: string; reason?: string }
  | { kind: 'why' }
  | { kind: 'plan' };

/** A pull request as its plan's workflow needs to know it. */
export interface PullRequestState {
  number: number;
  url: string;
  title: string;
  state: 'open' | 'merged' | 'closed';
  head: string;
  headRef: string;
  /** Who has a part in it: its author, and who merged it. */
  accounts: readonly Account[];
  /** Why no plan is made for it, in words people are shown; absent where one is made. */
  refused?: string;
}

/** Activities of the gateway, on the task queue `gateway`. */
export interface GatewayActivities {
  /** The rules of a policy, or of the one that counts now for the repository; none where it has none. */
  readRules(input: { repository: string; policy?: Digest }): Promise<{ rules?: ApprovalRules }>;
  /** Whether changes of a pattern may begin on these clusters now. */
  checkWindows(input: { policy: Digest; pattern: string; clusters: readonly string[] }): Promise<WindowState>;
  /** Who has a part in a commit, and what was decided before it came in; nobody where the repository has no forge. */
  findOrigin(input: { repository: string; commit: string }): Promise<Origin>;
  /** `asked` is the head that a person of the policy has asked a plan for, whoever the author is. */
  readPullRequest(input: { repository: string; number: number; asked?: string }): Promise<PullRequestState>;
  /** Tells one channel how something stands now. Safe to repeat. */
  tell(input: TellInput): Promise<TellResult>;
  /** Does what a delivery asks for, and answers it. Safe to repeat. */
  takeDelivery(delivery: Delivery): Promise<{ answer: string }>;
}

/** What starts the approval of a changed policy file. */
export interface PolicyChangeInput {
  repository: string;
  commit: CommitInfo;
  path: string;
  /** The policy that counts until then, and says who approves. */
  before: Digest;
  /** Absent where the file is gone, or wrong. */
  after?: Digest;
  diagnostics: Diagnostic[];
  channels: readonly string[];
}

/** What became of a changed policy file: the policy that counts from now on; absent where it is gone. */
export interface PolicyDecided {
  commit: string;
  policy?: Digest;
}

/** How the approval of a changed policy file stands. */
export interface PolicyChangeStatus {
  repository: string;
  commit: CommitInfo;
  path: string;
  phase: Phase;
  before: Digest;
  after?: Digest;
  diagnostics: Diagnostic[];
  approval?: ApprovalStatus;
  waitingFor?: string;
  failure?: Failure;
  startedAt: number;
  finishedAt?: number;
}

/** What a pull request would do once it is merged, and what has been decided on it. */
export interface PullRequestStatus {
  repository: string;
  pullRequest?: PullRequestState;
  /** Each pattern that it changes, as a rollout that has been planned and not started. */
  rollouts: RolloutStatus[];
  /** What else it does: a changed policy file, a pattern that goes. */
  notes: string[];
  phase: Phase;
  waitingFor?: string;
  failure?: Failure;
  startedAt: number;
  finishedAt?: number;
}
