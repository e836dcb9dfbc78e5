import { createHmac } from 'node:crypto';
import {
  type ChatSubject,
  type FakeChat,
  type ReceivedRequest,
  type ShownMessage,
  startLocalService,
} from '@meshwright/plugin-testkit';
import type { NoticeEvent } from '../event.ts';
import { chatWebhook } from '../plugin.ts';

/** The example secret of the Standard Webhooks specification. */
export const receiver = {
  secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
  token: 'a-token-that-the-receiver-wants',
} as const;

/** A receiver that takes what the specifications say, and nothing else. */
export interface FakeReceiver extends FakeChat {
  events: NoticeEvent[];
}

const required = ['specversion', 'id', 'source', 'type'] as const;

export async function startReceiver(): Promise<FakeReceiver> {
  let isAllowed = true;
  const local = await startLocalService((request) => {
    if (!isAllowed || request.headers.authorization !== `Bearer ${receiver.token}`) return { status: 401 };
    if (request.method !== 'POST') return { status: 405 };
    if (!isSigned(request)) return { status: 401 };
    if (!String(request.headers['content-type']).startsWith('application/cloudevents+json'))
      return { status: 415 };
    const event = JSON.parse(request.body.toString()) as NoticeEvent;
    if (required.some((name) => typeof event[name] !== 'string' || event[name] === ''))
      return { status: 400 };
    if (Object.keys(event).some((name) => !/^[a-z0-9]+$/.test(name))) return { status: 400 };
    if (event.id !== request.headers['webhook-id']) return { status: 400 };
    chat.events.push(event);
    return { status: 202 };
  });
  const chat: FakeReceiver = {
    local,
    events: [],
    messages: () => chat.events.map(shownEvent),
    remove(message) {
      chat.events = chat.events.filter(({ id }) => id !== message);
    },
    refuseCredential() {
      isAllowed = false;
    },
  };
  return chat;
}

/** Standard Webhooks 1.0, «Verifying webhook authenticity». */
function isSigned({ headers, body }: ReceivedRequest): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
  const key = Buffer.from(receiver.secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key)
    .update(`${String(id)}.${String(at)}.`)
    .update(body)
    .digest('base64');
  return /^\d+$/.test(String(at)) && signature === `v1,${mac}`;
}

function shownEvent({ id, data }: NoticeEvent): ShownMessage {
  const texts: string[] = [];
  const links: string[] = [];
  collect(data, '', (key, text) => {
    if (key === 'url') links.push(text);
    texts.push(text);
  });
  return { id, text: texts.join('\n'), mentions: [], links, buttons: [], pictures: [] };
}

function collect(value: unknown, key: string, take: (key: string, text: string) => void): void {
  if (typeof value === 'string') take(key, value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) collect(inner, name, take);
}

/** The webhook plugin and a receiver to try it with. */
export const webhookSubject: ChatSubject = {
  plugin: chatWebhook,
  start: startReceiver,
  settings: (url) => ({
    service: 'events',
    url: `${url}/events`,
    channel: 'changes',
    token: () => Promise.resolve(receiver.token),
    secret: () => Promise.resolve(receiver.secret),
  }),
  secrets: [receiver.token, receiver.secret, receiver.secret.replace('whsec_', '')],
  isFeed: true,
};
