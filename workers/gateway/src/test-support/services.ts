import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Account, MeshwrightError, type Notice } from '@meshwright/model';
import {
  type ChatConnection,
  type ChatDelivery,
  type ChatPlugin,
  type CommitStatus,
  createServiceRegistry,
  type ForgeConnection,
  type ForgeDelivery,
  type ForgePlugin,
  type IncomingRequest,
  type PullRequest,
  type ServiceRegistry,
} from '@meshwright/plugin-sdk';

/** What services sign with here: the hexadecimal HMAC-SHA256 of the body. */
export function signature(body: string | Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function isSigned({ headers, body }: IncomingRequest, secret: string): boolean {
  const given = Buffer.from(typeof headers['x-signed'] === 'string' ? headers['x-signed'] : '');
  const wanted = Buffer.from(signature(body, secret));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function parsed(body: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value === 'object' && value !== null && 'event' in value) return value;
  } catch {
    // Told below, as for everything else that makes no sense.
  }
  throw new MeshwrightError('INVALID_INPUT', 'It is signed and makes no sense.');
}

/** A forge at the port of its plugin: its webhooks are the events themselves, and it remembers what it is told. */
export class FakeForge {
  pullRequests: PullRequest[] = [];
  /** By commit: the numbers of the pull requests that have brought it in. */
  broughtBy = new Map<string, number>();
  pushers: Account[] = [];
  teams: Record<string, Account[]> = {};
  readonly statuses: { commit: string; status: CommitStatus }[] = [];
  readonly comments = new Map<string, string>();
  readonly replies: { number: number; markdown: string }[] = [];
  readonly offers: { branch: string; base: string }[] = [];
  /** What every call throws, while it is away. */
  away: Error | undefined;

  readonly plugin: ForgePlugin = {
    id: 'gitea',
    displayName: 'Fake forge',
    connect: () => this.connection,
    async receive(request, { webhookSecret }) {
      return isSigned(request, await webhookSecret()) ? (parsed(request.body) as ForgeDelivery) : undefined;
    },
    render: (notice) => JSON.stringify(notice),
  };

  readonly connection: ForgeConnection = {
    check: () => this.#answer(() => 'somebody'),
    setStatus: (_project, commit, status) => this.#answer(() => void this.statuses.push({ commit, status })),
    pullRequest: (_project, number) => this.#answer(() => this.#find(number)),
    openPullRequests: (_project, base) =>
      this.#answer(() => this.pullRequests.filter((one) => one.state === 'open' && one.base === base)),
    pullRequestsOf: (_project, commit) =>
      this.#answer(() => this.pullRequests.filter(({ number }) => number === this.broughtBy.get(commit))),
    pushersOf: () => this.#answer(() => this.pushers),
    putComment: (_project, number, { marker, markdown }) =>
      this.#answer(() => {
        this.comments.set(`${number} ${marker}`, markdown);
        return 'https://git.example.com/comment';
      }),
    reply: (_project, number, markdown) => this.#answer(() => void this.replies.push({ number, markdown })),
    offerPullRequest: (_project, offer) =>
      this.#answer(() => {
        this.offers.push(offer);
        return samplePullRequest({ number: 99 });
      }),
    teamMembers: (team) => this.#answer(() => this.teams[team] ?? []),
    commitUrl: (project, commit) => `https://git.example.com/${project}/commit/${commit}`,
  };

  #answer<T>(give: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      if (this.away !== undefined) throw this.away;
      return give();
    });
  }

  #find(number: number): PullRequest {
    const found = this.pullRequests.find((one) => one.number === number);
    if (found !== undefined) return found;
    throw new MeshwrightError('SERVICE_REFUSED', `There is no pull request ${number}.`);
  }
}

/** A chat at the port of its plugin: its interactions are the deliveries themselves. */
export class FakeChat {
  readonly published: { notice: Notice; message: string }[] = [];
  readonly progress: { message: string; lines: readonly string[] }[] = [];
  readonly answers: { reply: unknown; text: string }[] = [];
  readonly asked: unknown[] = [];
  /** What `addProgress` throws, while threads are away. */
  threadsAway: Error | undefined;
  #messages = 0;

  readonly plugin: ChatPlugin = {
    id: 'slack',
    displayName: 'Fake chat',
    connect: () => this.connection,
    async receive(request, { secret }) {
      if (!isSigned(request, await secret())) return undefined;
      const delivery = parsed(request.body) as Omit<ChatDelivery, 'answer'>;
      return { ...delivery, answer: { status: 200, contentType: 'text/plain', body: 'seen' } };
    },
  };

  readonly connection: ChatConnection = {
    check: () => Promise.resolve('somebody'),
    publish: (notice, message) => {
      const id = message?.id ?? `m-${(this.#messages += 1)}`;
      this.published.push({ notice, message: id });
      return Promise.resolve({ id });
    },
    addProgress: ({ id = '' }, lines) => {
      if (this.threadsAway !== undefined) return Promise.reject(this.threadsAway);
      this.progress.push({ message: id, lines });
      return Promise.resolve();
    },
    answer: (reply, text) => {
      this.answers.push({ reply, text });
      return Promise.resolve();
    },
    askReason: (reply, about) => {
      this.asked.push({ reply, about });
      return Promise.resolve();
    },
  };
}

/** Both, as the gateway finds them. */
export function registryOf(forge: FakeForge, chat: FakeChat): ServiceRegistry {
  return createServiceRegistry({
    forges: { [forge.plugin.id]: () => Promise.resolve(forge.plugin) },
    chats: { [chat.plugin.id]: () => Promise.resolve(chat.plugin) },
  });
}

/** An open pull request of Ann. */
export function samplePullRequest(overrides: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 7,
    url: 'https://git.example.com/acme/patterns/pulls/7',
    title: 'Upgrade Istio',
    state: 'open',
    author: { service: 'forge', id: 'ann' },
    base: 'main',
    head: 'a'.repeat(40),
    headRef: 'refs/pull/7/head',
    ...overrides,
  };
}
