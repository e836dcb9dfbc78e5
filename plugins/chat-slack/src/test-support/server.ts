import {
  type FakeChat,
  formParts,
  type LocalService,
  type ReceivedRequest,
  type ServedAnswer,
  type ShownMessage,
  startLocalService,
} from '@meshwright/plugin-testkit';
import { wrongBlocks } from './block-rules.ts';
import { seenBlocks } from './shown-blocks.ts';

/** What the tests' app of Slack is. */
export const app = {
  token: 'xoxb-0000-test-bot-token-0000',
  appToken: 'xapp-0000-test-app-token-0000',
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  team: 'T0ACME',
  channel: 'C0CHANGES',
  user: 'U0ADA',
} as const;

type Blocks = Parameters<typeof seenBlocks>[1];

interface StoredMessage {
  ts: string;
  thread_ts?: string;
  onlyFor?: string;
  text: string;
  blocks: Blocks;
  metadata?: unknown;
  pictures: Buffer[];
}

/** What is behind a fake workspace. */
export interface FakeSlack extends FakeChat {
  stored: StoredMessage[];
  /** The view that was opened last. */
  view?: { id: string; private_metadata: string; callback_id: string; blocks: Blocks };
  /** Where Socket Mode is told to connect to. */
  socketUrl?: string;
  scopes: string;
}

type Arguments = Readonly<Record<string, string>>;

/**
 * Slack's Web API as its documentation describes it (docs.slack.dev, «Methods»): form-encoded arguments whose objects are JSON,
 * answers with `ok` and `error`.
 */
export async function startSlack(): Promise<FakeSlack> {
  let token: string | undefined = app.token;
  const uploads = new Map<string, Buffer>();
  let clock = 1_763_600_000;
  const stamp = (): string => `${(clock += 1)}.000100`;
  const methods: Readonly<Record<string, (args: Arguments, request: ReceivedRequest) => ServedAnswer>> = {
    'auth.test': () =>
      ok({ team: 'Acme', team_id: app.team, user: 'meshwright', user_id: 'U0BOT', bot_id: 'B0BOT' }),
    'conversations.info': () => ok({ channel: { id: app.channel, name: 'mesh-changes', is_member: true } }),
    'conversations.history': () => {
      if (!slack.scopes.includes('channels:history')) {
        return {
          body: { ok: false, error: 'missing_scope', needed: 'channels:history', provided: slack.scopes },
        };
      }
      const messages = slack.stored.filter((one) => one.thread_ts === undefined && one.onlyFor === undefined);
      return ok({
        messages: messages.toReversed().map(({ ts, text, metadata }) => ({ ts, text, metadata })),
      });
    },
    'chat.postMessage': (args) => {
      const wrong = wrongMessage(args);
      if (wrong !== undefined) return wrong;
      const thread = args.thread_ts;
      const message = {
        ts: stamp(),
        ...contentOf(args),
        ...(thread === undefined ? {} : { thread_ts: thread }),
      };
      slack.stored.push(message);
      return ok({ channel: args.channel, ts: message.ts });
    },
    'chat.update': (args) => {
      const wrong = wrongMessage(args);
      if (wrong !== undefined) return wrong;
      const found = slack.stored.find(({ ts }) => ts === args.ts);
      if (found === undefined) return refused('message_not_found');
      const { text, blocks, metadata } = contentOf(args);
      Object.assign(found, { text, blocks, metadata });
      return ok({ channel: args.channel, ts: found.ts });
    },
    'chat.postEphemeral': (args) => {
      const wrong = wrongMessage(args);
      if (wrong !== undefined) return wrong;
      slack.stored.push({ ts: stamp(), onlyFor: args.user ?? '', ...contentOf(args) });
      return ok({ message_ts: stamp() });
    },
    'views.open': (args) => {
      const view = JSON.parse(args.view ?? '{}') as NonNullable<FakeSlack['view']> & {
        title: { text: string };
      };
      if (args.trigger_id === undefined || args.trigger_id === '') return refused('invalid_trigger_id');
      if (view.private_metadata.length > 3_000 || view.title.text.length > 24)
        return refused('invalid_arguments');
      const wrong = wrongBlocks(view.blocks);
      if (wrong !== undefined) return refused('invalid_blocks', wrong);
      slack.view = { ...view, id: `V${stamp().replace('.', '')}` };
      return ok({ view: slack.view });
    },
    'files.getUploadURLExternal': ({ length }) => {
      const id = `F${uploads.size}`;
      if (Number(length) <= 0) return refused('invalid_arguments');
      return ok({ file_id: id, upload_url: `${slack.local.url}/upload/${id}` });
    },
    'files.completeUploadExternal': (args) => {
      const files = JSON.parse(args.files ?? '[]') as { id: string }[];
      for (const { id } of files) {
        const picture = uploads.get(id);
        if (picture === undefined) return refused('file_not_found');
        slack.stored.push({
          ts: stamp(),
          thread_ts: args.thread_ts ?? '',
          text: '',
          blocks: [],
          pictures: [picture],
        });
      }
      return ok({ files });
    },
    'apps.connections.open': () =>
      slack.socketUrl === undefined ? refused('internal_error') : ok({ url: slack.socketUrl }),
  };
  const local: LocalService = await startLocalService((request) => {
    if (request.path.startsWith('/upload/')) {
      const file = formParts(request).find(({ filename }) => filename !== undefined);
      uploads.set(request.path.slice('/upload/'.length), file?.content ?? Buffer.alloc(0));
      return { body: 'OK' };
    }
    const method = methods[request.path.replace('/api/', '')];
    if (method === undefined) return refused('unknown_method');
    const expected = request.path.endsWith('/apps.connections.open') ? app.appToken : token;
    if (request.headers.authorization !== `Bearer ${expected ?? ''}`) return refused('invalid_auth');
    const args = Object.fromEntries(new URLSearchParams(request.body.toString()));
    const answer = method(args, request);
    return { ...answer, headers: { 'x-oauth-scopes': slack.scopes } };
  });
  const slack: FakeSlack = {
    local,
    stored: [],
    scopes: 'chat:write,files:write,channels:read,channels:history',
    messages: () => slack.stored.map(shownMessage),
    remove(message) {
      slack.stored = slack.stored.filter(({ ts }) => ts !== message);
    },
    refuseCredential() {
      token = undefined;
    },
  };
  return slack;
}

function shownMessage({
  ts,
  thread_ts: thread,
  onlyFor,
  text,
  blocks,
  pictures,
}: StoredMessage): ShownMessage {
  return {
    id: ts,
    ...(thread === undefined ? {} : { thread }),
    ...(onlyFor === undefined ? {} : { onlyFor }),
    ...seenBlocks(text, blocks),
    pictures,
  };
}

function contentOf(args: Arguments): Omit<StoredMessage, 'ts'> {
  return {
    text: args.text ?? '',
    blocks: blocksOf(args),
    pictures: [],
    ...(args.metadata === undefined ? {} : { metadata: JSON.parse(args.metadata) as unknown }),
  };
}

function blocksOf({ blocks }: Arguments): Blocks {
  return blocks === undefined ? [] : (JSON.parse(blocks) as Blocks);
}

function wrongMessage(args: Arguments): ServedAnswer | undefined {
  if (args.channel !== app.channel) return refused('channel_not_found');
  if ((args.text ?? '').length > 40_000) return refused('msg_too_long');
  if (args.text === '' && blocksOf(args).length === 0) return refused('no_text');
  // Without these, plain addresses and names become links, previews and mentions.
  if (args.parse !== 'none') return refused('invalid_arguments', 'the tests want parse: none');
  const wrong = wrongBlocks(blocksOf(args));
  if (wrong === undefined) return undefined;
  return wrong === 'msg_blocks_too_long' ? refused(wrong) : refused('invalid_blocks', wrong);
}

function ok(body: Record<string, unknown>): ServedAnswer {
  return { body: { ok: true, ...body } };
}

function refused(error: string, ...messages: string[]): ServedAnswer {
  return { body: { ok: false, error, response_metadata: { messages } } };
}
