import { describe, expect, it, onTestFinished } from 'vitest';
import type { ForgeConnection, ForgeCredential, HttpPort } from '@meshwright/plugin-sdk';
import { commitOf, type FakeForge, plainHttp, sampleNotices } from '@meshwright/plugin-testkit';
import { connect } from './connection.ts';
import { gitlab } from './plugin.ts';
import { signingSubject, tokenSubject } from './test-support/subject.ts';
import { receive } from './webhook.ts';

const now = Date.UTC(2026, 10, 20, 9, 30);

async function open(
  changed: Record<string, object> = {},
): Promise<{ fake: FakeForge; forge: ForgeConnection }> {
  const fake = await tokenSubject.start();
  onTestFinished(() => fake.local.stop());
  const http: HttpPort = {
    async send(request) {
      const response = await plainHttp.send(request);
      const body = changed[new URL(request.url).pathname.replace('/api/v4', '')];
      return body === undefined ? response : { ...response, body: JSON.stringify(body) };
    },
  };
  return { fake, forge: connect(tokenSubject.settings(fake.local.url), { http, now: () => now }) };
}

describe('commands', () => {
  it('are written behind a prefix, for GitLab takes /approve for its own', () => {
    const comment = gitlab.render(sampleNotices.waiting);
    expect(comment).toMatch(/`\/meshwright approve [0-9a-f]{12}`/);
    expect(comment).not.toContain('`/approve');
  });
});

describe('a webhook with a signing token', () => {
  it('is not believed by the token itself', async () => {
    const { fake } = await open();
    const body = Buffer.from('{}');
    const headers = { 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': signingSubject.webhookSecret };
    const settings = signingSubject.settings(fake.local.url);
    expect(await receive({ headers, body }, settings, now)).toBeUndefined();
  });
});

describe('a note', () => {
  const hook = async (
    changes: Record<string, unknown>,
    user = { id: 101, name: 'ada' },
  ): Promise<unknown> => {
    const { fake } = await open();
    const news = { kind: 'comment', user, number: 7, id: 1, body: '/why' } as const;
    const { event, payload } = tokenSubject.webhooks.content(fake.world, news);
    const { object_attributes: attributes } = payload as { object_attributes: object };
    const changed = { ...payload, object_attributes: { ...attributes, ...changes } };
    const how = { secret: tokenSubject.webhookSecret, at: now, delivery: 'd' };
    const request = tokenSubject.webhooks.signed(event, Buffer.from(JSON.stringify(changed)), how);
    return (await receive(request, tokenSubject.settings(fake.local.url), now))?.event;
  };

  it('of a GitLab before 16.11, which tells of new ones only, is one', async () => {
    expect(await hook({ action: undefined })).toMatchObject({ kind: 'comment', automated: false });
  });

  it('that GitLab has written itself, or that somebody else is named for, is none', async () => {
    expect(await hook({ system: true })).toMatchObject({ kind: 'other' });
    expect(await hook({ author_id: 666 })).toMatchObject({ kind: 'other' });
  });

  it('of the user of an access token is a program’s', async () => {
    expect(await hook({}, { id: 101, name: 'project_15_bot_4ffca233d8298ea1' })).toMatchObject({
      automated: true,
    });
  });
});

describe('a status', () => {
  it('that a commit has already is no failure, and what cannot be set is one', async () => {
    const { fake, forge } = await open();
    const status = { state: 'pending', context: 'meshwright/x', description: 'first' } as const;
    await forge.setStatus('acme/patterns', commitOf(1), status);
    await forge.setStatus('acme/patterns', commitOf(1), { ...status, description: 'second' });
    expect(fake.world.statuses.map(({ description }) => description)).toEqual(['first']);
    await forge.setStatus('acme/patterns', commitOf(1), { ...status, state: 'error' });
    await forge.setStatus('acme/patterns', commitOf(1), { ...status, state: 'pending' });
    expect(fake.world.statuses.map(({ state }) => state)).toEqual(['pending']);
  });
});

describe('a merge request', () => {
  it('without a commit is refused by itself, and left out of lists', async () => {
    const path = '/projects/acme%2Fpatterns/merge_requests';
    const empty = {
      iid: 1,
      web_url: 'https://gitlab.example.com/x',
      title: 'x',
      state: 'opened',
      author: { id: 1, username: 'ada' },
      source_branch: 'x',
      target_branch: 'main',
      sha: null,
    };
    const { forge } = await open({ [path]: [empty], [`${path}/1`]: empty });
    expect(await forge.openPullRequests('acme/patterns', 'main')).toEqual([]);
    await expect(forge.pullRequest('acme/patterns', 1)).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
  });
});

describe('a project', () => {
  it('in groups of groups is one name in a path', async () => {
    const { fake, forge } = await open();
    await expect(forge.pullRequest('acme/platform/mesh/patterns', 1)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
    expect(fake.local.requests[0]?.path).toBe(
      '/api/v4/projects/acme%2Fplatform%2Fmesh%2Fpatterns/merge_requests/1',
    );
    expect(forge.commitUrl('acme/platform/patterns', commitOf(1))).toContain(
      `/acme/platform/patterns/-/commit/${commitOf(1)}`,
    );
  });

  it.each([
    ['archived', { archived: true }, 'is archived'],
    ['without merge requests', { merge_requests_access_level: 'disabled' }, 'has no merge requests'],
    [
      'to read only',
      { permissions: { project_access: { access_level: 20 }, group_access: null } },
      'no role',
    ],
    ['of nobody', { permissions: {} }, 'no role'],
  ])('that is %s fails the check', async (_how, changed, message) => {
    const project = {
      path_with_namespace: 'acme/patterns',
      permissions: { project_access: { access_level: 40 } },
      ...changed,
    };
    const { forge } = await open({ '/projects/acme%2Fpatterns': project });
    await expect(forge.check('acme/patterns')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    await expect(forge.check('acme/patterns')).rejects.toThrow(message);
  });
});

describe('a credential', () => {
  it('of an app is refused', async () => {
    const credential: ForgeCredential = {
      kind: 'app',
      app: 'x',
      privateKey: async () => Promise.resolve('k'),
    };
    const { fake } = await open();
    const settings = { ...tokenSubject.settings(fake.local.url), credential };
    const forge = connect(settings, { http: plainHttp, now: () => now });
    await expect(forge.check('acme/patterns')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
