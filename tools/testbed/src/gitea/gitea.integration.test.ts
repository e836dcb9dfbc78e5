import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { execute } from '../processes/execute.ts';
import { scratchDirectory } from '../test-support/scratch.ts';
import { waitFor } from '../wait.ts';
import type { GiteaUser } from './administration.ts';
import { startGitea, type GiteaServer } from './start-gitea.ts';

/** The first start on a machine builds it. */
const BUILD_MS = 45 * 60_000;

let gitea: GiteaServer;
let ada: GiteaUser;
beforeAll(async () => {
  gitea = await startGitea({ pageSize: 2 });
  ada = await gitea.createUser('ada');
}, BUILD_MS);
afterAll(() => gitea.stop());

interface Delivery {
  headers: IncomingMessage['headers'];
  body: string;
}

/** Takes webhooks on loopback until the test is over. */
async function receiver(): Promise<{ url: string; deliveries: Delivery[] }> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      deliveries.push({ headers: request.headers, body });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, deliveries };
}

async function refusesConnections(url: string): Promise<string | undefined> {
  try {
    await fetch(url);
    return 'it still answers';
  } catch {
    return undefined;
  }
}

describe('the Gitea of the testbed', () => {
  it('knows its users by lasting ids and lets each act with a token', async () => {
    const me = await gitea.call<{ id: number; login: string }>({
      method: 'GET',
      path: '/user',
      token: ada.token,
    });
    expect(me).toMatchObject({ id: ada.id, login: 'ada' });
  });

  it('takes pushes over HTTP and delivers signed webhooks to this machine', async () => {
    const hooks = await receiver();
    const repository = { name: 'pushed', auto_init: false, default_branch: 'main' };
    await gitea.call({ method: 'POST', path: '/user/repos', body: repository, token: ada.token });
    const hook = {
      type: 'gitea',
      active: true,
      events: ['push'],
      config: { url: hooks.url, content_type: 'json', secret: 'of-the-test' },
    };
    await gitea.call({ method: 'POST', path: '/repos/ada/pushed/hooks', body: hook, token: ada.token });

    const directory = await scratchDirectory();
    const git = (...args: string[]): Promise<string> => execute('git', args, { directory, seconds: 60 });
    await git('init', '--quiet', '--initial-branch=main');
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@gitea.invalid'];
    await git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'Begin');
    const remote = new URL(`${gitea.url}/ada/pushed.git`);
    [remote.username, remote.password] = ['ada', ada.token];
    await git('push', '--quiet', remote.href, 'main');
    const head = (await git('rev-parse', 'HEAD')).trim();

    await waitFor(
      () => Promise.resolve(hooks.deliveries.length > 0 ? undefined : 'nothing has been delivered'),
      { what: 'the webhook', seconds: 60 },
    );
    const { headers, body } = hooks.deliveries[0]!;
    expect(headers['x-gitea-event']).toBe('push');
    expect(headers['x-gitea-signature']).toBe(createHmac('sha256', 'of-the-test').update(body).digest('hex'));
    expect(JSON.parse(body)).toMatchObject({ after: head, pusher: { id: ada.id } });
  });

  it('answers in pages of the size it was started with', async () => {
    for (const name of ['bea', 'carl', 'dora']) await gitea.createUser(name);
    const page = await gitea.call<unknown[]>({ method: 'GET', path: '/admin/users?limit=50' });
    expect(page).toHaveLength(2);
  });

  it('says what it was asked for when it refuses', async () => {
    await expect(gitea.call({ method: 'GET', path: '/repos/ada/nothing' })).rejects.toThrow(
      'GET /repos/ada/nothing with 404',
    );
  });

  it('does not outlive the program that started it', async () => {
    const source = `
      const { startGitea } = await import(${JSON.stringify(join(import.meta.dirname, 'start-gitea.ts'))});
      console.log((await startGitea()).url);
      process.exit(0);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    await waitFor(() => refusesConnections(url.trim()), { what: 'its end', seconds: 30 });
  });
});
