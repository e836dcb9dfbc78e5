import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { ForgeDelivery, IncomingRequest } from '@meshwright/plugin-sdk';
// eslint-disable-next-line @nx/enforce-module-boundaries -- A real Gitea, which only the testbed can start.
import { waitFor } from '@meshwright/testbed';
import { receive } from '../webhook.ts';
import { webhookSecret, type World } from './server.ts';

/** A server on this machine that webhooks are delivered to. */
export interface Receiver {
  origin: string;
  requests: IncomingRequest[];
  paths: string[];
  /** Waits for the first delivery that is as described; gives it as the plugin reads it. */
  next(what: string, matches: (delivery: ForgeDelivery) => boolean, secret?: string): Promise<ForgeDelivery>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const requests: IncomingRequest[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      requests.push({ headers: request.headers, body });
      paths.push(request.url ?? '');
      response.writeHead(202).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function next(
    what: string,
    matches: (delivery: ForgeDelivery) => boolean,
    secret?: string,
  ): Promise<ForgeDelivery> {
    let read = 0;
    let found: ForgeDelivery | undefined;
    const look = async (): Promise<string | undefined> => {
      for (const request of requests.slice(read)) {
        read += 1;
        const delivery = await received(request, secret);
        if (!matches(delivery)) continue;
        found = delivery;
        return undefined;
      }
      return `${requests.length} other deliveries have come`;
    };
    await waitFor(look, { what, seconds: 60 });
    return found!;
  }

  async function close(): Promise<void> {
    const closed = once(server, 'close');
    server.closeAllConnections();
    server.close();
    await closed;
  }
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, requests, paths, next, close };
}

/** Lets Gitea deliver all that may be of interest in a repository to a server of the test's. */
export async function receiveWebhooks({ call, ada }: World, project: string): Promise<Receiver> {
  const receiver = await openReceiver();
  onTestFinished(() => receiver.close());
  const body = {
    type: 'gitea',
    active: true,
    events: ['push', 'pull_request', 'issues'],
    config: { url: receiver.origin, content_type: 'json', secret: webhookSecret },
  };
  await call({ method: 'POST', path: `/repos/${project}/hooks`, token: ada.token, body });
  return receiver;
}

/** A delivery as the plugin reads it. */
export async function received(request: IncomingRequest, secret = webhookSecret): Promise<ForgeDelivery> {
  const settings = { service: 'gitea', webhookSecret: () => Promise.resolve(secret) };
  const delivery = await receive(request, settings);
  if (delivery === undefined) throw new Error('a webhook of Gitea was not believed');
  return delivery;
}
