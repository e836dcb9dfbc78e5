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

/** What a repository's webhook has brought to this machine. */
export interface Receiver {
  requests: IncomingRequest[];
  /** Waits for the first delivery that is as described; gives it as the plugin reads it. */
  next(what: string, matches: (delivery: ForgeDelivery) => boolean): Promise<ForgeDelivery>;
}

/** Lets Gitea deliver everything of a repository to a server of the test's, as the guide sets it up. */
export async function receiveWebhooks({ call, ada }: World, project: string): Promise<Receiver> {
  const requests: IncomingRequest[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      requests.push({ headers: request.headers, body });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/gitea`;
  const body = {
    type: 'gitea',
    active: true,
    // The groups that Gitea's page has boxes for.
    events: ['push', 'pull_request', 'pull_request_sync', 'pull_request_comment', 'issue_comment'],
    config: { url, content_type: 'json', secret: webhookSecret },
  };
  await call({ method: 'POST', path: `/repos/${project}/hooks`, token: ada.token, body });

  async function next(what: string, matches: (delivery: ForgeDelivery) => boolean): Promise<ForgeDelivery> {
    let read = 0;
    let found: ForgeDelivery | undefined;
    const look = async (): Promise<string | undefined> => {
      for (const request of requests.slice(read)) {
        read += 1;
        const delivery = await received(request);
        if (!matches(delivery)) continue;
        found = delivery;
        return undefined;
      }
      return `${requests.length} other deliveries have come`;
    };
    await waitFor(look, { what, seconds: 60 });
    return found!;
  }
  return { requests, next };
}

/** A delivery as the plugin reads it. */
export async function received(request: IncomingRequest, secret = webhookSecret): Promise<ForgeDelivery> {
  const settings = { service: 'gitea', webhookSecret: () => Promise.resolve(secret) };
  const delivery = await receive(request, settings);
  if (delivery === undefined) throw new Error('a webhook of Gitea was not believed');
  return delivery;
}
