import { createHmac, randomBytes, sign } from 'node:crypto';
import type { IncomingRequest } from '@meshwright/plugin-sdk';
import { type ChatSubject, type FakeChat, type Interactions, seenMarkdown } from '@meshwright/plugin-testkit';
import { chatMattermost } from '../plugin.ts';
import { bot, type FakeMattermost, startMattermost } from './server.ts';

function fake(chat: FakeChat): FakeMattermost {
  return chat as FakeMattermost;
}

/** A trigger id as the server makes it (`GenerateTriggerId`). */
export function triggerId(chat: FakeChat, user: string, at: number): string {
  const data = `${randomBytes(13).toString('hex')}:${user}:${at}:`;
  const signature = sign('sha256', Buffer.from(data), fake(chat).key);
  return Buffer.from(data + signature.toString('base64')).toString('base64');
}

/** A body as the server posts it. */
export function posted(payload: unknown): IncomingRequest {
  const body = Buffer.from(JSON.stringify(payload));
  return { headers: { 'content-type': 'application/json' }, body };
}

/** What the server tells of the use of a button (`PostActionIntegrationRequest`). */
export function actionPayload(
  chat: FakeChat,
  { message, button, at, user = bot.user }: { message: string; button: string; at: number; user?: string },
): Record<string, unknown> {
  const post = fake(chat).posts.find(({ id }) => id === message);
  const actions = post?.props?.attachments?.flatMap((one) => one.actions) ?? [];
  const context = actions.find(({ id }) => id === button)?.integration.context ?? {};
  return {
    user_id: user,
    user_name: 'ada',
    channel_id: bot.channel,
    channel_name: 'mesh-changes',
    team_id: 'team0000000000000000000000',
    team_domain: 'acme',
    post_id: message,
    trigger_id: triggerId(chat, user, at),
    type: 'button',
    data_source: '',
    // Servers do not keep the order of entries.
    context: Object.fromEntries(Object.entries(context).toReversed()),
  };
}

/** A context signed with another secret, as only somebody could who had it: written out here, not by the plugin. */
function signedAgain(context: Record<string, string>, secret: string): Record<string, string> {
  const { signature, ...rest } = context;
  if (signature === undefined) return context;
  const entries = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  const mac = createHmac('sha256', secret)
    .update('meshwright mattermost action\n')
    .update(JSON.stringify(entries));
  return { ...rest, signature: mac.digest('hex') };
}

const interactions: Interactions = {
  user: bot.user,
  click({ chat, secret, ...what }) {
    const payload = actionPayload(chat, what);
    if (secret === undefined) return posted(payload);
    return posted({ ...payload, context: signedAgain(payload.context as Record<string, string>, secret) });
  },
  payload: ({ body }) => JSON.parse(Buffer.from(body).toString()) as unknown,
  withPayload: posted,
  withBody: ({ headers }, body) => ({ headers, body }),
  signed: (body) => ({ headers: { 'content-type': 'application/json' }, body }),
  dialogue(chat) {
    const { dialog } = fake(chat);
    if (dialog === undefined) throw new Error('no dialogue was opened');
    const { state, introduction_text } = dialog.dialog;
    return {
      text: seenMarkdown(introduction_text).text,
      // `SubmitDialogRequest`.
      submit: ({ user = bot.user, reason }) =>
        posted({
          type: 'dialog_submission',
          callback_id: 'reason',
          state,
          user_id: user,
          channel_id: bot.channel,
          team_id: 'team0000000000000000000000',
          submission: { reason },
          cancelled: false,
        }),
    };
  },
  unknown: () => undefined,
};

/** The Mattermost plugin and a server to try it with. */
export const mattermostSubject: ChatSubject = {
  plugin: chatMattermost,
  start: startMattermost,
  settings: (url) => ({
    service: 'acme-mattermost',
    url,
    channel: bot.channel,
    token: () => Promise.resolve(bot.token),
    secret: () => Promise.resolve(bot.secret),
    callbackUrl: 'https://meshwright.example.com/chats/acme-mattermost',
  }),
  secrets: [bot.token, bot.secret],
  interactions,
};
