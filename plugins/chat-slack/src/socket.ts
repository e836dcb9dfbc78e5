import {
  type ChatConnection,
  type ChatDelivery,
  type ChatSettings,
  lacking,
  type ServiceContext,
} from '@meshwright/plugin-sdk';
import { SocketModeClient } from '@slack/socket-mode';
import { readInteraction } from './interaction.ts';
import { asking, silent, webOptions } from './web.ts';

/** Pauses between attempts to connect, in milliseconds. */
const pauses = { first: 1_000, longest: 60_000 };

/** How long Slack may take to agree to an end, in milliseconds. */
const farewell = 2_000;

/** What the client of Slack's SDK tells of each message. */
interface SlackEvent {
  ack: (response?: Record<string, unknown>) => Promise<void>;
  /** Absent where a message had none. */
  type?: string;
  body: unknown;
}

/**
 * Interactions over a WebSocket that goes out (Socket Mode). Who is on the other side is known by the TLS of the address that
 * Slack gave for the token, so that payloads are not signed. The connection is made anew here: the client's own way ends the
 * process where Slack cannot be reached (a promise of its own that nobody handles).
 */
export function listenBySocket(
  settings: ChatSettings,
  { http }: ServiceContext,
): NonNullable<ChatConnection['listen']> {
  const { service, url, appToken } = settings;
  return async (take) => {
    if (appToken === undefined) {
      const remedy = 'Make an app-level token (xapp-…) with the scope connections:write.';
      throw lacking(settings, 'token for Socket Mode', remedy);
    }
    const stopping = new AbortController();
    const connect = async (): Promise<SocketModeClient> => {
      const client = new SocketModeClient({
        appToken: await appToken(),
        autoReconnectEnabled: false,
        logger: silent,
        clientOptions: webOptions(http, url),
      });
      client.on('slack_event', (event: SlackEvent) => void hand(event, service, take));
      await asking('open a connection for interactions', () => client.start());
      return client;
    };
    // Wrong settings are said at once; what happens later is mended by connecting again.
    const running = stayConnected(await connect(), connect, stopping.signal);
    return {
      async stop() {
        stopping.abort();
        await running;
      },
    };
  };
}

async function stayConnected(
  first: SocketModeClient,
  connect: () => Promise<SocketModeClient>,
  signal: AbortSignal,
): Promise<void> {
  let client: SocketModeClient | undefined = first;
  let wait = pauses.first;
  while (!signal.aborted) {
    if (client === undefined) {
      await paused(wait, signal);
      wait = Math.min(2 * wait, pauses.longest);
      client = await connect().catch(() => undefined);
    } else {
      wait = pauses.first;
      await untilClosed(client, signal);
      client = undefined;
    }
  }
  await client?.disconnect();
}

/** Until the connection is closed, by Slack or because of the signal. */
async function untilClosed(client: SocketModeClient, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    client.once('disconnected', () => resolve());
    const disconnect = (): void => {
      void client.disconnect();
      setTimeout(resolve, farewell).unref();
    };
    if (signal.aborted) disconnect();
    else signal.addEventListener('abort', disconnect, { once: true });
  });
}

async function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** What was not taken is not acknowledged: whoever clicked is told by Slack that it did not work, and clicks again. */
async function hand(
  { ack, type, body }: SlackEvent,
  service: string,
  take: (delivery: ChatDelivery) => Promise<void>,
): Promise<void> {
  try {
    if (type === 'interactive') {
      const delivery = readInteraction(body, service);
      await take(delivery);
      await ack(responseOf(delivery));
    } else if (type !== undefined) {
      await ack();
    }
  } catch {
    // See above.
  }
}

function responseOf({ answer }: ChatDelivery): Record<string, unknown> | undefined {
  if (answer.contentType !== 'application/json' || answer.body === undefined) return undefined;
  return JSON.parse(answer.body) as Record<string, unknown>;
}
