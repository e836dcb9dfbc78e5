import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { received, receiveWebhooks } from './test-support/receiver.ts';
import {
  clone,
  createRepository,
  merge,
  openPullRequest,
  openWorld,
  type World,
} from './test-support/server.ts';
import { receive } from './webhook.ts';

/** The first start on a machine builds Gitea. */
const BUILD_MS = 45 * 60_000;

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, BUILD_MS);
afterAll(() => world.stop());

describe('what Gitea delivers', () => {
  it('is a push, with its pusher', async () => {
    const { bea } = world;
    const project = await createRepository(world);
    const receiver = await receiveWebhooks(world, project);
    const git = await clone(world, project, bea);
    await git('commit', '--quiet', '--allow-empty', '--message', 'Pushed');
    await git('push', '--quiet', 'origin', 'main');
    const { event } = await receiver.next('the push', ({ event: { kind } }) => kind === 'push');
    const pusher = { service: 'gitea', id: String(bea.id), name: 'bea' };
    expect(event).toEqual({ kind: 'push', project, ref: 'refs/heads/main', pusher });
  });

  it('is each thing that becomes of a pull request', async () => {
    const { bea, ada } = world;
    const project = await createRepository(world);
    const receiver = await receiveWebhooks(world, project);
    const actions = (): string[] =>
      receiver.requests.flatMap(({ headers, body }) =>
        headers['x-gitea-event'] === 'pull_request'
          ? [(JSON.parse(Buffer.from(body).toString()) as { action: string }).action]
          : [],
      );
    const { number } = await openPullRequest(world, project, bea, { branch: 'change' });
    const about = { kind: 'pull-request', project, number };
    const opened = await receiver.next('its opening', ({ event }) => event.kind === 'pull-request');
    expect(opened.event).toEqual(about);
    const git = await clone(world, project, bea);
    await git('checkout', '--quiet', 'change');
    await git('commit', '--quiet', '--allow-empty', '--message', 'More');
    await git('push', '--quiet', 'origin', 'change');
    await receiver.next('its new head', () => actions().includes('synchronized'));
    await merge(world, project, number, ada);
    await receiver.next('its merge', () => actions().includes('closed'));
    expect(actions()).toEqual(['opened', 'synchronized', 'closed']);
  });

  it('is a new comment on a pull request, and neither an edited one nor one on an issue', async () => {
    const { bea, carl, ada, call } = world;
    const project = await createRepository(world);
    const receiver = await receiveWebhooks(world, project);
    const { number } = await openPullRequest(world, project, bea);
    const path = `/repos/${project}/issues/${number}/comments`;
    const body = '/approve 0123abcd';
    const comment = await call<{ id: number; html_url: string }>({
      method: 'POST',
      path,
      token: carl.token,
      body: { body },
    });
    const told = await receiver.next('the comment', ({ event }) => event.kind === 'comment');
    expect(told.event).toEqual({
      ...{ kind: 'comment', project, number, comment: String(comment.id), url: comment.html_url, body },
      author: { service: 'gitea', id: String(carl.id), name: 'carl' },
      automated: false,
    });

    // Whoever may write to the repository may change what others wrote.
    const edited = `/repos/${project}/issues/comments/${comment.id}`;
    await call({ method: 'PATCH', path: edited, token: ada.token, body: { body: '/approve ffff' } });
    await receiver.next('its change', ({ event }) => event.kind === 'other' && event.name.includes('edited'));
    const issue = { method: 'POST', path: `/repos/${project}/issues`, token: bea.token } as const;
    const { number: other } = await call<{ number: number }>({ ...issue, body: { title: 'A question' } });
    const onIssue = `/repos/${project}/issues/${other}/comments`;
    await call({ method: 'POST', path: onIssue, token: carl.token, body: { body } });
    await receiver.next(
      'the comment on the issue',
      ({ event }) => event.kind === 'other' && event.name.includes('created'),
    );
    const deliveries = await Promise.all(receiver.requests.map((request) => received(request)));
    expect(deliveries.filter(({ event }) => event.kind === 'comment')).toHaveLength(1);
  });

  it('is not believed with another secret, without one, or changed', async () => {
    const { bea } = world;
    const project = await createRepository(world);
    const receiver = await receiveWebhooks(world, project);
    await openPullRequest(world, project, bea);
    await receiver.next('its opening', ({ event }) => event.kind === 'pull-request');
    const request = receiver.requests.at(-1)!;
    for (const secret of ['another', '']) {
      const settings = { service: 'gitea', webhookSecret: () => Promise.resolve(secret) };
      expect(await receive(request, settings)).toBeUndefined();
    }
    const settings = { service: 'gitea', webhookSecret: world.settings.webhookSecret };
    const changed = { ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) };
    expect(await receive(changed, settings)).toBeUndefined();
  });

  it('has the same id when two webhooks tell of the same thing', async () => {
    const project = await createRepository(world);
    const [one, two] = [await receiveWebhooks(world, project), await receiveWebhooks(world, project)];
    await openPullRequest(world, project, world.bea);
    const isOpening = ({ event }: { event: { kind: string } }): boolean => event.kind === 'pull-request';
    const [first, second] = [await one.next('one', isOpening), await two.next('the other', isOpening)];
    expect(first.id).toBe(second.id);
    const numbers = [one, two].map(({ requests }) => requests.at(-1)!.headers['x-gitea-delivery']);
    expect(new Set(numbers).size).toBe(2);
  });
});
