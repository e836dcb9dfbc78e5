import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { DecisionReference } from '@meshwright/model';

/** One call of Slack's Web API. */
interface Call {
  method: string;
  body: Record<string, unknown>;
}

/** As much of Slack as a rollout needs: its Web API keeps messages, and clicks on them are signed as Slack signs them. */
export interface FakeSlack {
  url: string;
  calls: Call[];
  /** The buttons of the newest version of the message whose text holds this, by their action. */
  buttons(about: string): Record<string, string>;
  /** Clicks a button as a user, and gives the status that the gateway answers with. */
  click(gateway: string, click: { user: string; action: string; value: string }): Promise<number>;
  stop(): Promise<void>;
}

const secret = 'the-signing-secret-of-slack';
const team = 'T0ACME';

export const slackSecrets = { MESHWRIGHT_SLACK_SECRET: secret, MESHWRIGHT_SLACK_TOKEN: 'xoxb-test' };
export const slackChannel = 'C0MESH';

/** The value that a message's button has which is about this. */
export function slackButton(reference: DecisionReference): string {
  return JSON.stringify({ reference, team, channel: slackChannel });
}

export async function startFakeSlack(): Promise<FakeSlack> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const method = (request.url ?? '').replace(/^\/api\//, '');
      calls.push({ method, body: read(body, request.headers['content-type'] ?? '') });
      const ts =
        calls.find(({ method: one }) => one === 'chat.postMessage') === undefined
          ? '1.1'
          : `${calls.length}.1`;
      const channel = { id: slackChannel, name: 'mesh-changes', is_member: true };
      const answer = { ok: true, ts, channel: method.startsWith('conversations') ? channel : slackChannel };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          ...answer,
          team_id: team,
          user_id: 'U0BOT',
          bot_id: 'B0BOT',
          team: 'Acme',
          user: 'meshwright',
        }),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    buttons(about) {
      const shown = calls.filter(
        ({ method, body }) =>
          /^chat\.(postMessage|update)$/.test(method) && JSON.stringify(body).includes(about),
      );
      const blocks = (shown.at(-1)?.body.blocks ?? []) as Block[];
      const elements = blocks.flatMap((block) => (block.type === 'actions' ? (block.elements ?? []) : []));
      return Object.fromEntries(elements.map(({ action_id: action, value }) => [action, value]));
    },
    async click(gateway, { user, action, value }) {
      const body = new URLSearchParams({
        payload: JSON.stringify(clicked({ user, action, value })),
      }).toString();
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
      const response = await fetch(`${gateway}/chats/slack`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
        },
        body,
      });
      return response.status;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Block {
  type: string;
  elements?: { action_id: string; value: string }[];
}

function read(body: string, type: string): Record<string, unknown> {
  if (type.includes('json')) return JSON.parse(body) as Record<string, unknown>;
  const form = [...new URLSearchParams(body)];
  return Object.fromEntries(
    form.map(([key, value]) => [key, /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value]),
  );
}

function clicked({ user, action, value }: { user: string; action: string; value: string }): object {
  return {
    type: 'block_actions',
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: team },
    api_app_id: 'A0APP',
    token: 'deprecated',
    container: { type: 'message', message_ts: '1.1', channel_id: slackChannel, is_ephemeral: false },
    trigger_id: randomUUID(),
    team: { id: team, domain: 'acme' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: slackChannel, name: 'mesh-changes' },
    response_url: 'https://hooks.slack.com/actions/none',
    actions: [
      {
        type: 'button',
        block_id: 'b1',
        action_id: action,
        text: { type: 'plain_text', text: action },
        value,
        action_ts: `${Date.now() / 1_000}`,
      },
    ],
  };
}
