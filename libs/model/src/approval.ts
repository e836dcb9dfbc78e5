import type { Diagnostic } from './diagnostic.ts';
import type { Digest } from './plan.ts';

/** The API version of the policy file that this release reads. */
export const policyApiVersion = 'meshwright.dev/v1alpha1';

/** The service of whoever reaches Temporal itself: who that is has been stated, not verified. */
export const localService = 'local';

/** An account, as the service that has verified its use knows it. */
export interface Account {
  /** The name of a forge, a chat or an issuer of tokens in the engine's configuration, or `local`. */
  service: string;
  /** The service's lasting id of the account; never a display name, which anybody can take. */
  id: string;
  /** What the service shows for it; only to be shown. */
  name?: string;
}

/** Somebody with all the accounts they have. */
export interface Person {
  name: string;
  /** As in the commits they make. */
  emails: readonly string[];
  accounts: readonly Account[];
}

/** Some of the people: named, or those of a team of a forge. */
export interface Group {
  members: readonly string[];
  team?: { service: string; team: string };
}

/**
 * Who may decide, and when changes may go out: the policy file of a patterns repository. A change of the file counts from
 * when the policy before it has approved of it.
 */
export interface ApprovalPolicy {
  people: readonly Person[];
  groups: Readonly<Record<string, Group>>;
  /** Who approves a change of this file. */
  changes: Pick<ApprovalTerms, 'approvers' | 'quorum' | 'requiredGroups' | 'expiresAfterSeconds'>;
  /** Who may open a gate without its quorum, or in a freeze, and has to give a reason. */
  breakGlass: readonly string[];
  windows: readonly ChangeWindow[];
}

/** A time in which changes may begin (`allow`), or may not (`deny`); where both apply, deny wins. */
export interface ChangeWindow {
  name: string;
  kind: 'allow' | 'deny';
  /** An IANA time zone. */
  timeZone: string;
  /** Patterns and clusters it is about; all where empty. */
  patterns: readonly string[];
  clusters: readonly string[];
  when: WeeklyTime | TimeSpan;
}

/** Every week on these days (1 is Monday, 7 Sunday), between two times of day in minutes; past midnight where to <= from. */
export interface WeeklyTime {
  days: readonly number[];
  fromMinute: number;
  toMinute: number;
}

/** Once, between two local times of the window's zone: `2026-12-20T18:00`. */
export interface TimeSpan {
  from: string;
  to: string;
}

/** What a gate asks for. */
export interface ApprovalTerms {
  /** `user:<name>` or `group:<name>`; anybody who is known where empty. */
  approvers: string[];
  /** How many people have to approve. */
  quorum: number;
  /** Groups of which at least one member has to be among them. */
  requiredGroups: string[];
  /** Seconds after which an undecided gate ends what waits for it. */
  expiresAfterSeconds: number;
  /** After how many seconds without a decision others may decide as well. */
  escalation?: { afterSeconds: number; to: string[] };
}

/** A policy as workflows check decisions by it: its teams are resolved to people. */
export interface ApprovalRules {
  /** The digest of the policy file's content as evidence. */
  policy: Digest;
  people: readonly Person[];
  /** The names of their people. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** The names of people. */
  breakGlass: readonly string[];
  /** Who approves a change of the policy file. */
  changes: ApprovalPolicy['changes'];
  /** Whether there are times at which changes may not begin, which is asked before each. */
  timed: boolean;
}

/** Where a gate stands in a run. */
export const Gate = {
  /** Before anything is changed. */
  change: 'change',
  /** Before a change of the policy file counts. */
  policy: 'policy',
  /** Before the wave of this number. */
  wave: (wave: number): string => `wave:${wave}`,
  /** A change has been made and could not be judged, or was judged badly. */
  verdict: (cluster: string): string => `verdict:${cluster}`,
} as const;

/** What a person can decide at a gate. */
export const Decision = {
  approve: 'approve',
  reject: 'reject',
  /** Keep the gate shut, whatever is decided, until the hold is released. */
  hold: 'hold',
  release: 'release',
  /** Open the gate at once: without its quorum, or in a freeze. */
  breakGlass: 'break-glass',
} as const;
export type Decision = (typeof Decision)[keyof typeof Decision];

/** What the update `decide` takes. */
export interface DecisionRequest {
  /** The run that was seen: a workflow id is used again, a run id never. */
  run: string;
  gate: string;
  /** The digest that was seen. */
  subject: string;
  decision: Decision;
  account: Account;
  reason?: string;
  /** Where it was made, in words people are shown: an address, a channel, the command line. */
  from: string;
}

/** A decision that was taken. */
export interface TakenDecision {
  decision: Decision;
  /** The person; of a stated identity, what was stated. */
  person: string;
  account: Account;
  reason?: string;
  from: string;
  gate: string;
  subject: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** A gate that waits, or has been decided. One that waits is bound to one subject: another one opens another gate. */
export interface ApprovalStatus extends Omit<ApprovalTerms, 'expiresAfterSeconds' | 'escalation'> {
  gate: string;
  /** What it is about, in words people are shown: `before the change`. */
  title: string;
  run: string;
  /** One digest over the plans of all targets that it lets through. */
  subject: string;
  /** The people who may approve, by name; absent where no policy says who is who. At most 50. */
  may?: string[];
  /** The people who may open it without the others; absent where there are none. */
  breakGlass?: string[];
  openedAt: number;
  expiresAt: number;
  escalatesAt?: number;
  /** Set once others may decide as well. */
  escalated?: true;
  /** When what waited for it went on, or ended; decisions are taken until then. */
  settledAt?: number;
  decisions: TakenDecision[];
  /** What the plans ask to be confirmed, one reason each; absent where they ask for nothing. */
  confirms?: string[];
  /** Set where no approval is required and the plans only ask to be confirmed: then whoever asked for it may too. */
  authorMayDecide?: true;
  /** The hold that keeps it shut. */
  held?: TakenDecision;
  /** Why it does not open now although it is decided: outside of the windows, or in a freeze. */
  closed?: WindowState;
}

/** Whether changes may begin at a moment; milliseconds since 1970. */
export interface WindowState {
  /** The window or freeze that says no, in words people are shown; absent where changes may begin. */
  reason?: string;
  /** When it should be asked again. */
  until?: number;
}

/** Who has a part in a commit, beside its author and committer. */
export interface Origin {
  /** Who pushed it, opened its pull request, or merged it. */
  accounts: readonly Account[];
  pullRequest?: { number: number; url: string };
  /** What was decided on the pull request before it was merged. */
  decisions: readonly DecisionRequest[];
}

/** The policy file as a commit has it. */
export interface PolicyReading {
  path: string;
  /** Of its content as evidence; absent where the commit has no such file, or a wrong one. */
  policy?: Digest;
  diagnostics: Diagnostic[];
}
