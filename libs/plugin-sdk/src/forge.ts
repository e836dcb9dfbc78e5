import type { Account, Notice } from '@meshwright/model';
import type { IncomingRequest, ReadSecret, ServiceContext } from './http.ts';

/** How a forge is reached, as the engine's configuration says it. */
export interface ForgeSettings {
  /** The name of the connection: the `service` of its accounts. */
  service: string;
  /** Its address, without a slash at the end. */
  url: string;
  credential: ForgeCredential;
  /** What it signs its webhooks with. */
  webhookSecret: ReadSecret;
}

/** A token, or an app that gets itself tokens (GitHub). */
export type ForgeCredential =
  | { kind: 'token'; token: ReadSecret }
  | { kind: 'app'; app: string; installation?: string; privateKey: ReadSecret };

/** A state that a commit is shown with. */
export interface CommitStatus {
  state: 'pending' | 'success' | 'failure' | 'error';
  /** What it is of, such as `meshwright/checkout-mesh`: a later one of the same context takes its place. */
  context: string;
  /** In one sentence; shortened as the forge wants it. */
  description: string;
  url?: string;
}

export interface PullRequest {
  number: number;
  url: string;
  title: string;
  state: 'open' | 'merged' | 'closed';
  author: Account;
  mergedBy?: Account;
  /** The branch it goes into. */
  base: string;
  /** The commit it offers now. */
  head: string;
  /** Where that commit can be fetched from the base repository, such as `refs/pull/3/head`. */
  headRef: string;
}

/** What a forge has told by a webhook. */
export type ForgeEvent =
  | { kind: 'push'; project: string; ref: string; pusher: Account }
  | { kind: 'pull-request'; project: string; number: number }
  | {
      kind: 'comment';
      project: string;
      number: number;
      /** A lasting id of the comment; only new comments are told of, never edited ones. */
      comment: string;
      url: string;
      body: string;
      author: Account;
      /** Whether a program has written it, where the forge says so. */
      automated: boolean;
    }
  | { kind: 'ping' }
  /** Signed, and of no interest here. */
  | { kind: 'other'; name: string };

/** A webhook that is believed. */
export interface ForgeDelivery {
  /** The same when the forge sends it again. */
  id: string;
  event: ForgeEvent;
}

/** One forge, as the engine speaks to it. A `project` is what the forge calls a repository, such as `acme/patterns`. */
export interface ForgeConnection {
  /** Who the credential belongs to, and whether it can do what is needed; throws as the others with a remedy. */
  check(project: string): Promise<string>;
  setStatus(project: string, commit: string, status: CommitStatus): Promise<void>;
  /** @throws MeshwrightError SERVICE_REFUSED when there is none. */
  pullRequest(project: string, number: number): Promise<PullRequest>;
  /** All pages of those that are open and go into the branch. */
  openPullRequests(project: string, base: string): Promise<PullRequest[]>;
  /** The pull requests that have brought a commit in; empty where none has. */
  pullRequestsOf(project: string, commit: string): Promise<PullRequest[]>;
  /** Who has pushed a commit to the branch, as far as the forge tells; empty where it does not. */
  pushersOf(project: string, branch: string, commit: string): Promise<Account[]>;
  /**
   * Writes the one comment of the engine that has this marker (an HTML comment in its text): the one that is there is
   * changed in place. Gives its address.
   */
  putComment(project: string, number: number, comment: { marker: string; markdown: string }): Promise<string>;
  /** Answers on a pull request with a comment of its own. */
  reply(project: string, number: number, markdown: string): Promise<void>;
  /** The pull request of a branch into another; the one that is open already is given as it is. */
  offerPullRequest(
    project: string,
    offer: { branch: string; base: string; title: string; body: string },
  ): Promise<PullRequest>;
  /** The members of a team, all pages. */
  teamMembers(team: string): Promise<Account[]>;
  /** Where people see a commit. */
  commitUrl(project: string, commit: string): string;
}

/**
 * The contract of a forge plugin. Members of a connection throw MeshwrightError SERVICE_UNREACHABLE (to be tried again) or
 * SERVICE_REFUSED (with what to do about it); no secret is in either.
 */
export interface ForgePlugin {
  /** The value of `type` in the configuration. */
  id: string;
  displayName: string;
  connect(settings: ForgeSettings, context: ServiceContext): ForgeConnection;
  /**
   * Checks the signature over the raw body in constant time, and within the forge's replay window where it signs a time, then
   * reads it; `now` is milliseconds since 1970. Undefined where it is not believed: not one field of it has been read then.
   * @throws MeshwrightError INVALID_INPUT when it is signed and still makes no sense.
   */
  receive(
    request: IncomingRequest,
    settings: Pick<ForgeSettings, 'service' | 'webhookSecret'>,
    now: number,
  ): Promise<ForgeDelivery | undefined>;
  /** A notice as the text of a comment, within the forge's limit of length; pure. */
  render(notice: Notice): string;
}
