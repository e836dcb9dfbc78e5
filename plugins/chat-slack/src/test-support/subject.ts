import { createHmac } from 'node:crypto';
import type { IncomingRequest } from '@meshwright/plugin-sdk';
import type { ChatSubject, FakeChat, Interactions } from '@meshwright/plugin-testkit';
import { chatSlack } from '../plugin.ts';
import { app, type FakeSlack, startSlack } from './server.ts';
import { seenBlocks } from './shown-blocks.ts';

/** Bytes as Slack signs them (docs.slack.dev, «Verifying requests from Slack»). */
export function signed(body: Uint8Array | string, at: number, secret: string = app.secret): IncomingRequest {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(bytes).digest('hex');
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
    body: bytes,
  };
}

/** A payload as Slack posts it: one field of a form. */
export function posted(payload: unknown, at: number, secret?: string): IncomingRequest {
  return signed(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), at, secret);
}

function fakeSlack(chat: FakeChat): FakeSlack {
  return chat as FakeSlack;
}

function person(id: string): Record<string, string> {
  return { id, username: 'ada', name: 'ada', team_id: app.team };
}

/** docs.slack.dev, «block_actions payload», with the fields of its example. */
export function clickPayload(
  chat: FakeChat,
  what: { message: string; button: string; at: number; user?: string },
): object {
  const { message, button, at, user = app.user } = what;
  const stored = fakeSlack(chat).stored.find(({ ts }) => ts === message);
  const actions = stored?.blocks.find(({ type }) => type === 'actions');
  const elements = (actions?.elements ?? []) as { action_id: string; value: string; text: object }[];
  const { value, text } = elements.find(({ action_id: id }) => id === button) ?? {};
  return {
    type: 'block_actions',
    user: person(user),
    api_app_id: 'A0APP',
    token: 'deprecated-verification-token',
    container: { type: 'message', message_ts: message, channel_id: app.channel, is_ephemeral: false },
    trigger_id: `13345224609.738474920.${at}`,
    team: { id: app.team, domain: 'acme' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: app.channel, name: 'mesh-changes' },
    response_url: 'https://hooks.slack.com/actions/T0ACME/1/secret',
    actions: [
      { type: 'button', block_id: 'a1b2', action_id: button, text, value, action_ts: `${at / 1_000}.123456` },
    ],
  };
}

const interactions: Interactions = {
  user: app.user,
  click: ({ chat, secret, ...what }) => posted(clickPayload(chat, what), what.at, secret),
  payload({ body }) {
    const form = new URLSearchParams(Buffer.from(body).toString());
    return JSON.parse(form.get('payload') ?? 'null') as unknown;
  },
  withPayload: (payload, at) => posted(payload, at),
  withBody: ({ headers }, body) => ({ headers, body }),
  signed,
  dialogue(chat) {
    const { view } = fakeSlack(chat);
    if (view === undefined) throw new Error('no dialogue was opened');
    const { id, callback_id, private_metadata, blocks } = view;
    return {
      text: seenBlocks('', blocks).text,
      submit({ user = app.user, reason, at }) {
        const input = { type: 'plain_text_input', value: reason };
        const state = { values: { reason: { reason: input } } };
        const submitted = {
          id,
          type: 'modal',
          callback_id,
          private_metadata,
          hash: '156772938.1827394',
          state,
        };
        // docs.slack.dev, «view_submission payload».
        const payload = {
          type: 'view_submission',
          team: { id: app.team, domain: 'acme' },
          user: person(user),
          view: submitted,
          response_urls: [],
        };
        return posted(payload, at);
      },
    };
  },
  unknown: (at) => posted({ type: 'shortcut', callback_id: 'x', user: person(app.user) }, at),
};

/** The Slack plugin and a workspace to try it in. */
export const slackSubject: ChatSubject = {
  plugin: chatSlack,
  start: startSlack,
  settings: (url) => ({
    service: 'acme-slack',
    url,
    channel: app.channel,
    token: () => Promise.resolve(app.token),
    secret: () => Promise.resolve(app.secret),
  }),
  secrets: [app.token, app.secret, app.appToken],
  interactions,
};
