import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  type FakeChat,
  formParts,
  type LocalService,
  type ReceivedRequest,
  type ServedAnswer,
  seenMarkdown,
  type ShownMessage,
  startLocalService,
} from '@meshwright/plugin-testkit';

/** What the tests' bot account is. */
export const bot = {
  token: 'test-bot-token-26-characters',
  secret: 'a-secret-of-ours-for-buttons',
  id: 'botuser0000000000000000000',
  channel: 'chan0000000000000000000000',
  user: 'adauser0000000000000000000',
} as const;

/** An attachment of a post, as it is sent. */
export interface Attachment {
  text: string;
  actions: {
    id: string;
    name: string;
    type: string;
    style: string;
    integration: { url: string; context: Record<string, string> };
  }[];
}

interface StoredPost {
  id: string;
  user_id: string;
  channel_id: string;
  root_id?: string;
  onlyFor?: string;
  message: string;
  props?: { attachments?: Attachment[] };
  file_ids?: string[];
}

/** What is behind a fake server. */
export interface FakeMattermost extends FakeChat {
  posts: StoredPost[];
  /** What the server signs triggers with. */
  key: KeyObject;
  /** The public part as the server tells it; empty where it tells none. */
  publicKey: string;
  canPostEphemeral: boolean;
  dialog?: { url: string; dialog: { state: string; title: string; introduction_text: string } };
}

type Handler = (request: ReceivedRequest) => ServedAnswer;

/** Mattermost's API as its reference describes it (api.mattermost.com), and its server's source has it where that says less. */
export async function startMattermost(): Promise<FakeMattermost> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const files = new Map<string, Buffer>();
  let isAllowed = true;
  let count = 0;
  const newId = (kind: string): string => `${kind}${String((count += 1)).padStart(26 - kind.length, '0')}`;
  const store = (post: Omit<StoredPost, 'id' | 'user_id'>): ServedAnswer => {
    const wrong = wrongPost(post);
    if (wrong !== undefined) return refused(400, 'model.post.is_valid.error', wrong);
    const stored = { ...post, id: newId('post'), user_id: bot.id };
    server.posts.push(stored);
    return { status: 201, body: stored };
  };
  const routes: readonly [method: string, path: RegExp, handler: Handler][] = [
    ['GET', /^\/users\/me$/, () => ({ body: { id: bot.id, username: 'meshwright' } })],
    [
      'GET',
      /^\/config\/client$/,
      () => ({ body: { Version: '11.0.0', AsymmetricSigningPublicKey: server.publicKey } }),
    ],
    ['GET', /^\/channels\/(\w+)$/, ({ path }) => channelOf(idIn(path))],
    ['GET', /^\/channels\/(\w+)\/members\/me$/, ({ path }) => memberOf(idIn(path))],
    [
      'GET',
      /^\/channels\/(\w+)\/posts$/,
      () => ({
        body: {
          order: server.posts.map(({ id }) => id).toReversed(),
          posts: Object.fromEntries(server.posts.map((post) => [post.id, post])),
        },
      }),
    ],
    ['POST', /^\/posts$/, (request) => store(jsonOf(request) as StoredPost)],
    ['GET', /^\/posts\/(\w+)$/, ({ path }) => postOf(idIn(path))],
    [
      'PUT',
      /^\/posts\/(\w+)\/patch$/,
      (request) => {
        const id = idIn(request.path);
        const post = server.posts.find((one) => one.id === id);
        // The server does not tell a post that is gone from one that may not be changed.
        if (post === undefined) return refused(403, 'api.context.permissions.app_error', 'no permission');
        const changed = jsonOf(request) as StoredPost;
        const wrong = wrongPost({ ...changed, channel_id: bot.channel });
        if (wrong !== undefined) return refused(400, 'model.post.is_valid.error', wrong);
        Object.assign(post, changed);
        return { body: post };
      },
    ],
    [
      'POST',
      /^\/posts\/ephemeral$/,
      (request) => {
        if (!server.canPostEphemeral)
          return refused(403, 'api.context.permissions.app_error', 'no permission');
        const { user_id: onlyFor, post } = jsonOf(request) as { user_id: string; post: StoredPost };
        return store({ ...post, props: {}, onlyFor });
      },
    ],
    ['POST', /^\/channels\/direct$/, (request) => ({ status: 201, body: { id: directOf(jsonOf(request)) } })],
    [
      'POST',
      /^\/files$/,
      (request) => {
        const file = formParts(request).find(({ filename }) => filename !== undefined);
        if (file === undefined || file.content.length === 0)
          return refused(400, 'api.file.upload_file.error', 'empty');
        const id = newId('file');
        files.set(id, file.content);
        return { status: 201, body: { file_infos: [{ id }], client_ids: [] } };
      },
    ],
    [
      'POST',
      /^\/actions\/dialogs\/open$/,
      (request) => {
        server.dialog = jsonOf(request) as NonNullable<FakeMattermost['dialog']>;
        const { title } = server.dialog.dialog;
        if (title.length === 0 || title.length > 24)
          return refused(400, 'api.context.invalid_body_param.app_error', title);
        return { body: { status: 'OK' } };
      },
    ],
  ];
  const postOf = (id: string | undefined): ServedAnswer => {
    const post = server.posts.find((one) => one.id === id);
    return post === undefined ? refused(404, 'app.post.get.app_error', 'no post') : { body: post };
  };
  const local: LocalService = await startLocalService((request) => {
    if (!isAllowed || request.headers.authorization !== `Bearer ${bot.token}`) {
      return refused(401, 'api.context.session_expired.app_error', 'Invalid or expired session.');
    }
    const path = request.path.replace('/api/v4', '');
    for (const [method, pattern, handler] of routes) {
      if (method === request.method && pattern.test(path)) return handler(request);
    }
    return refused(404, 'api.context.404.app_error', `no ${request.method} ${path}`);
  });
  const server: FakeMattermost = {
    local,
    posts: [],
    key: privateKey,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    canPostEphemeral: true,
    messages: () => server.posts.map((post) => shownPost(post, files)),
    remove(message) {
      server.posts = server.posts.filter(({ id }) => id !== message);
    },
    refuseCredential() {
      isAllowed = false;
    },
  };
  return server;
}

/** The id in an address, after what it is the id of. */
function idIn(path: string): string | undefined {
  return path.split('/')[4];
}

function channelOf(id: string | undefined): ServedAnswer {
  return id === bot.channel
    ? { body: { id, name: 'mesh-changes', display_name: 'Mesh changes', type: 'O' } }
    : refused(404, 'app.channel.get.existing.app_error', 'no channel');
}

function memberOf(id: string | undefined): ServedAnswer {
  return id === bot.channel
    ? { body: { channel_id: id, user_id: bot.id } }
    : refused(404, 'app.channel.get_member.missing.app_error', 'no member');
}

/** A direct channel is called as its members; the fake tells by that whom it is for. */
function directOf(members: unknown): string {
  return `direct${(members as string[]).find((member) => member !== bot.id) ?? ''}`;
}

/** What the server refuses (`Post.IsValid`, `PostAction.IsValid`). */
function wrongPost({
  message,
  props,
  channel_id: channel,
}: Omit<StoredPost, 'id' | 'user_id'>): string | undefined {
  if (channel !== bot.channel && !channel.startsWith('direct')) return 'channel_id';
  if (Array.from(message).length > 16_383) return `message of ${message.length}`;
  if (JSON.stringify(props ?? {}).length > 800_000) return 'props';
  for (const { id, name, style, integration } of props?.attachments?.flatMap(({ actions }) => actions) ??
    []) {
    // What is not alphanumeric has no route of its own.
    if (!/^[A-Za-z0-9]+$/.test(id)) return `action id ${id}`;
    if (name === '' || !['default', 'primary', 'good', 'danger'].includes(style)) return `action ${id}`;
    if (!/^https?:\/\//.test(integration.url)) return `url of ${id}`;
  }
  return undefined;
}

function shownPost(post: StoredPost, files: ReadonlyMap<string, Buffer>): ShownMessage {
  const { id, root_id: thread, onlyFor, message, props, file_ids: ids = [], channel_id: channel } = post;
  const attachments = props?.attachments ?? [];
  const seen = [message, ...attachments.map(({ text }) => text)].map(seenMarkdown);
  const loose = seen.flatMap((one) => one.loose);
  const direct = channel.startsWith('direct') ? channel.slice('direct'.length) : undefined;
  const reader = onlyFor ?? direct;
  return {
    id,
    ...(thread === undefined ? {} : { thread }),
    ...(reader === undefined ? {} : { onlyFor: reader }),
    text: seen.map(({ text }) => text).join('\n'),
    mentions: [...mentionsIn(loose.join('')), ...seen.flatMap(({ html }) => html)],
    // What the clients make links of by themselves.
    links: [
      ...seen.flatMap(({ links }) => links),
      ...loose.flatMap((text) => text.match(/[a-z]+:\/\/\S+|www\.\S+/gi) ?? []),
    ],
    buttons: attachments.flatMap(({ actions }) =>
      actions.map(({ id: button, name, integration }) => ({
        id: button,
        label: name,
        confirms: integration.context.confirm === 'yes',
      })),
    ),
    pictures: ids.map((file) => files.get(file) ?? Buffer.alloc(0)),
  };
}

/** `processText` of the server's mention parser: words of letters, digits and these signs, with an @ before a name. */
function mentionsIn(text: string): string[] {
  return text.split(/[^\p{L}\p{N}:.\-_@]+/u).filter((word) => /@[a-z0-9]/i.test(word));
}

function jsonOf({ body }: ReceivedRequest): unknown {
  return JSON.parse(body.toString()) as unknown;
}

function refused(status: number, id: string, message: string): ServedAnswer {
  return { status, body: { id, message, detailed_error: '', request_id: 'r', status_code: status } };
}
