import { isDeepStrictEqual } from 'node:util';
import { clipped, MeshwrightError, type Notice, type NoticePicture } from '@meshwright/model';
import {
  type ChatConnection,
  type ChatSettings,
  keepMessage,
  lacking,
  type MessageReference,
  type MessageStore,
  type ReplyReference,
  type ServiceContext,
  shown,
} from '@meshwright/plugin-sdk';
import type { WebClient } from '@slack/web-api';
import { linesMessage, type Message, messageOf } from './blocks.ts';
import { dialogue } from './dialogue.ts';
import { listenBySocket } from './socket.ts';
import { asking, slackCode, webClient } from './web.ts';

/** How messages of ours are known again: the type of their metadata. */
const metadataType = 'meshwright_rollout';

/** What the app has to be allowed to do: write, send pictures, and find its own messages again. */
const neededScopes = ['chat:write', 'files:write'];

/** Nothing in a message becomes a link or a mention by itself, and no address is looked up for a preview. */
const literally = { unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' } as const;

/** One channel of a Slack workspace. */
export function connect(settings: ChatSettings, context: ServiceContext): ChatConnection {
  const { channel, url, token } = settings;
  const client = async (): Promise<WebClient> => {
    if (token !== undefined) return webClient(context.http, url, await token());
    throw lacking(settings, 'token', 'Give the bot token of the app (xoxb-…).');
  };
  let team: string | undefined;
  const teamOf = async (web: WebClient): Promise<string> => {
    const { team_id: found } = await asking('say who the token belongs to', () => web.auth.test());
    team ??= found ?? '';
    return team;
  };
  const connection: ChatConnection = {
    check: async () => check(await client(), channel),
    async publish(notice, message, picture) {
      const web = await client();
      const store: MessageStore = {
        find: () => findMessage(web, channel, notice),
        async put(sent) {
          const what = messageOf(notice, { channel, team: team ?? (await teamOf(web)) });
          return put(web, { channel, notice, what }, sent);
        },
        addPicture: (known, added) => addPicture(web, known, added),
        addText: (known, text) => addText(web, known, linesMessage([text])),
      };
      return keepMessage(store, { notice, message, picture });
    },
    async addProgress(message, lines) {
      const web = await client();
      for (let at = 0; at < lines.length; at += 15) {
        const some = lines.slice(at, at + 15).map((line) => shown(line, 300));
        await addText(web, message, linesMessage(some));
      }
    },
    async answer(reply, text) {
      const web = await client();
      const { channel: where = channel, user = '' } = reply;
      const said = text.split('\n').map((line) => shown(line, 500));
      const message = { ...linesMessage(said.slice(0, 15)), channel: where, user, parse: 'none' } as const;
      await asking('answer', () => web.chat.postEphemeral(message));
    },
    async askReason(reply, { reference, decision, title }) {
      const web = await client();
      const { trigger, ...rest } = asked(reply);
      const view = dialogue({ reference, decision, ...rest }, title);
      await asking('ask for a reason', () => web.views.open({ trigger_id: trigger, view }));
    },
  };
  if (settings.appToken !== undefined) connection.listen = listenBySocket(settings, context);
  return connection;
}

function asked({ trigger = '', user = '', account = '', channel = '', from = 'Slack' }: ReplyReference): {
  trigger: string;
  user: string;
  account: string;
  channel: string;
  from: string;
} {
  return { trigger, user, account, channel, from };
}

function threadOf({ channel = '', ts = '' }: MessageReference): { channel: string; thread_ts: string } {
  return { channel, thread_ts: ts };
}

async function check(web: WebClient, channel: string): Promise<string> {
  const who = await asking('say who the token belongs to', () => web.auth.test());
  const { scopes } = who.response_metadata ?? {};
  const missing = scopes === undefined ? [] : neededScopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) {
    throw new MeshwrightError('SERVICE_REFUSED', `The Slack app lacks the scope ${missing.join(' and ')}.`, {
      remedy: 'Add it under «OAuth & Permissions», and install the app again.',
    });
  }
  const about = await asking('show the channel', () => web.conversations.info({ channel }));
  if (about.channel?.is_member === false) {
    throw new MeshwrightError('SERVICE_REFUSED', 'The Slack app is no member of its channel.', {
      where: channel,
      remedy: 'Invite the app to the channel.',
    });
  }
  const name = clipped(about.channel?.name ?? channel, 80);
  return `${clipped(who.user ?? 'the app', 80)} in ${clipped(who.team ?? 'a workspace', 80)}, #${name}`;
}

/**
 * The message of a rollout that was sent and not noted, because whoever sent it ended before: the app's own messages say in
 * their metadata what they are of. Without the scope to read the channel nothing is found.
 */
async function findMessage(
  web: WebClient,
  channel: string,
  notice: Notice,
): Promise<MessageReference | undefined> {
  try {
    const options = { channel, limit: 100, include_all_metadata: true };
    const { messages = [] } = await asking('show the channel', () => web.conversations.history(options));
    const found = messages.find(({ metadata }) => {
      const isOurs = metadata?.event_type === metadataType;
      return isOurs && isDeepStrictEqual(metadata.event_payload, markOf(notice));
    });
    return found?.ts === undefined ? undefined : { channel, ts: found.ts, at: '0' };
  } catch (error) {
    if (slackCode(error) === 'missing_scope') return undefined;
    throw error;
  }
}

/** What a message is of: a run may have one for each of several patterns. */
function markOf({ rollout, run, pattern }: Notice): Record<string, string> {
  return { rollout, run, pattern: shown(pattern, 200) };
}

async function put(
  web: WebClient,
  { channel, notice, what }: { channel: string; notice: Notice; what: Message },
  sent: MessageReference | undefined,
): Promise<{ channel: string; ts: string }> {
  const metadata = { event_type: metadataType, event_payload: markOf(notice) };
  const { channel: where = channel, ts } = sent ?? {};
  if (ts !== undefined) {
    try {
      const changed = { ...what, channel: where, ts, metadata, parse: 'none', link_names: false } as const;
      await asking('change its message', () => web.chat.update(changed));
      return { channel: where, ts };
    } catch (error) {
      // Somebody has deleted it.
      if (slackCode(error) !== 'message_not_found') throw error;
    }
  }
  const posted = await asking('send a message', () => post(web, { channel, metadata }, what));
  return { channel: posted.channel ?? channel, ts: posted.ts ?? '' };
}

async function post(
  web: WebClient,
  where: {
    channel: string;
    thread_ts?: string;
    metadata?: { event_type: string; event_payload: Record<string, string> };
  },
  what: Message,
): ReturnType<WebClient['chat']['postMessage']> {
  return web.chat.postMessage({ ...where, ...what, ...literally });
}

async function addText(web: WebClient, message: MessageReference, what: Message): Promise<void> {
  await asking('add to the thread', () => post(web, threadOf(message), what));
}

async function addPicture(
  web: WebClient,
  message: MessageReference,
  { image, title, description }: NoticePicture,
): Promise<void> {
  const { channel, thread_ts } = threadOf(message);
  const file = {
    channel_id: channel,
    thread_ts,
    filename: 'verdict.png',
    title: shown(title, 100),
    alt_text: shown(description, 900),
    file: Buffer.from(image),
  };
  await asking('add a picture', () => web.filesUploadV2(file));
}
