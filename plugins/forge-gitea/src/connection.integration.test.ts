import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clone,
  commitFile,
  createRepository,
  merge,
  openPullRequest,
  openWorld,
  scopes,
  type World,
} from './test-support/server.ts';

/** The first start on a machine builds Gitea. */
const BUILD_MS = 45 * 60_000;

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, BUILD_MS);
afterAll(() => world.stop());

describe('what the account of the engine may do', () => {
  it('is told with its lasting id', async () => {
    const project = await createRepository(world);
    const { id } = world.engine;
    expect(await world.connection.check(project)).toBe(`engine (account ${id}) may write to ${project}`);
  });

  it.each(['write:repository', 'write:issue', 'read:user'])(
    'is refused to a token without %s, with the scopes it needs',
    async (missing) => {
      const project = await createRepository(world);
      const connection = await world.connectWith(scopes.filter((scope) => scope !== missing));
      await expect(connection.check(project)).rejects.toMatchObject({
        code: 'SERVICE_REFUSED',
        details: { remedy: expect.stringContaining(missing) as string },
      });
    },
  );

  it('is refused where it may only read', async () => {
    const project = await createRepository(world);
    const connection = await world.connectWith(scopes, world.carl);
    await expect(connection.check(project)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: `carl (account ${world.carl.id}) may not write to ${project}`,
    });
  });

  it('is refused in a repository that is archived', async () => {
    const project = await createRepository(world);
    const { ada, call } = world;
    await call({ method: 'PATCH', path: `/repos/${project}`, token: ada.token, body: { archived: true } });
    await expect(world.connection.check(project)).rejects.toThrow(`${project} is archived`);
  });

  it('is refused with an unknown token, which is not in the error', async () => {
    const token = 'b'.repeat(40);
    const connection = world.connectAt({
      credential: { kind: 'token', token: () => Promise.resolve(token) },
    });
    const refusal: unknown = await connection.check('acme/patterns').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(JSON.stringify(refusal) + String(refusal)).not.toContain(token);
  });

  it('says that a repository is not there, or hidden', async () => {
    await expect(world.connection.check('acme/nothing')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      details: { remedy: expect.stringContaining('may see it') as string },
    });
  });

  it('can be tried again where Gitea does not answer', async () => {
    const connection = world.connectAt({ url: 'http://127.0.0.1:1' });
    await expect(connection.check('acme/patterns')).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  });

  it('is refused where something else than Gitea answers', async () => {
    const connection = world.connectAt({ url: `${world.server.url}/api/healthz?` });
    await expect(connection.check('acme/patterns')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringContaining('does not speak as Gitea does') as string,
    });
  });
});

describe('the status of a commit', () => {
  it('takes the place of the one before it of the same context', async () => {
    const project = await createRepository(world);
    const commit = await commitFile(world, project, world.bea, {});
    const status = { context: 'meshwright/checkout', description: 'd'.repeat(400) };
    const url = 'https://meshwright.example/rollouts/1';
    await world.connection.setStatus(project, commit, { ...status, state: 'pending', url });
    await world.connection.setStatus(project, commit, { ...status, state: 'success', url });
    await world.connection.setStatus(project, commit, { ...status, context: 'other', state: 'failure' });
    const path = `/repos/${project}/commits/${commit}/status`;
    const shown = await world.call<{ statuses: object[] }>({ method: 'GET', path });
    expect(shown.statuses).toHaveLength(2);
    const description = `${'d'.repeat(254)}…`;
    expect(shown.statuses).toContainEqual(
      expect.objectContaining({ context: status.context, status: 'success', description, target_url: url }),
    );
  });

  it('is refused for a commit that is not there', async () => {
    const project = await createRepository(world);
    const status = { state: 'error', context: 'meshwright', description: '' } as const;
    await expect(world.connection.setStatus(project, 'a'.repeat(40), status)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });
});

describe('a pull request', () => {
  it('of a fork is told with its author and a head that can be fetched from the base', async () => {
    const { call, carl, ada } = world;
    const project = await createRepository(world);
    const name = project.split('/')[1]!;
    await call({ method: 'POST', path: `/repos/${project}/forks`, token: carl.token, body: {} });
    const head = await commitFile(world, `carl/${name}`, carl, { newBranch: 'mine' });
    const body = { head: 'carl:mine', base: 'main', title: 'From a fork' };
    const path = `/repos/${project}/pulls`;
    const { number } = await call<{ number: number }>({ method: 'POST', path, token: carl.token, body });
    const author = { service: 'gitea', id: String(carl.id), name: 'carl' };
    const told = { number, title: 'From a fork', state: 'open', base: 'main', head, author };
    const pullRequest = await world.connection.pullRequest(project, number);
    expect(pullRequest).toMatchObject(told);
    expect(pullRequest.url).toBe(`${world.server.url}/${project}/pulls/${number}`);
    const git = await clone(world, project, ada);
    await git('fetch', '--quiet', 'origin', pullRequest.headRef);
    expect(await git('rev-parse', 'FETCH_HEAD')).toBe(head);
  });

  it('is open, then merged by somebody, or closed', async () => {
    const { call, bea, ada, connection } = world;
    const project = await createRepository(world);
    const [one, two] = [
      await openPullRequest(world, project, bea),
      await openPullRequest(world, project, bea),
    ];
    expect([one.state, one.mergedBy]).toEqual(['open', undefined]);
    await merge(world, project, one.number, ada);
    const mergedBy = { service: 'gitea', id: String(ada.id), name: 'ada' };
    expect(await connection.pullRequest(project, one.number)).toMatchObject({ state: 'merged', mergedBy });
    const path = `/repos/${project}/pulls/${two.number}`;
    await call({ method: 'PATCH', path, token: bea.token, body: { state: 'closed' } });
    expect((await connection.pullRequest(project, two.number)).state).toBe('closed');
  });

  it('is refused when there is none of the number', async () => {
    const project = await createRepository(world);
    await expect(world.connection.pullRequest(project, 77)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });

  it('is listed with all that are open into a branch, over several pages', async () => {
    const { bea, connection, call } = world;
    const project = await createRepository(world);
    await commitFile(world, project, bea, { newBranch: 'release' });
    const numbers: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      numbers.push((await openPullRequest(world, project, bea)).number);
    }
    await openPullRequest(world, project, bea, { base: 'release' });
    const closed = numbers.shift()!;
    const path = `/repos/${project}/pulls/${closed}`;
    await call({ method: 'PATCH', path, token: bea.token, body: { state: 'closed' } });
    const open = await connection.openPullRequests(project, 'main');
    expect(open.map(({ number }) => number)).toEqual(numbers);
    expect(await connection.openPullRequests(project, 'nothing')).toEqual([]);
  });

  it.each(['merge', 'rebase', 'squash', 'fast-forward-only'] as const)(
    'is found by the commit that its %s has made',
    async (style) => {
      const { bea, ada, connection } = world;
      const project = await createRepository(world);
      const { number } = await openPullRequest(world, project, bea);
      const commit = await merge(world, project, number, ada, style);
      const found = await connection.pullRequestsOf(project, commit);
      expect(found).toMatchObject([{ number, state: 'merged', author: { id: String(bea.id) } }]);
    },
  );

  it('is not found by a commit that somebody has pushed', async () => {
    const project = await createRepository(world);
    const commit = await commitFile(world, project, world.bea, {});
    expect(await world.connection.pullRequestsOf(project, commit)).toEqual([]);
  });
});

describe('who has pushed a commit', () => {
  it('is whoever pushed it, not who is named in it', async () => {
    const { bea, ada, connection } = world;
    const project = await createRepository(world);
    const git = await clone(world, project, bea);
    const author = ['--author', 'Ada <ada@gitea.invalid>'];
    await git('commit', '--quiet', '--allow-empty', ...author, '--message', 'First');
    const first = await git('rev-parse', 'HEAD');
    await git('commit', '--quiet', '--allow-empty', ...author, '--message', 'Second');
    await git('push', '--quiet', 'origin', 'main');
    const second = await git('rev-parse', 'HEAD');
    // What comes later makes the feed longer than a page.
    for (let count = 0; count < 3; count += 1) await commitFile(world, project, ada, {});
    const pusher = { service: 'gitea', id: String(bea.id), name: 'bea' };
    expect(await connection.pushersOf(project, 'main', second)).toEqual([pusher]);
    expect(await connection.pushersOf(project, 'main', first)).toEqual([pusher]);
    expect(await connection.pushersOf(project, 'other', second)).toEqual([]);
  });

  it('is whoever merged it', async () => {
    const { bea, ada, connection } = world;
    const project = await createRepository(world);
    const { number } = await openPullRequest(world, project, bea);
    const commit = await merge(world, project, number, ada);
    expect(await connection.pushersOf(project, 'main', commit)).toMatchObject([{ id: String(ada.id) }]);
  });

  it('is nobody where Gitea knows of no push', async () => {
    const project = await createRepository(world);
    expect(await world.connection.pushersOf(project, 'main', 'a'.repeat(40))).toEqual([]);
  });
});

describe('comments', () => {
  async function bodies(project: string, number: number): Promise<string[]> {
    const path = `/repos/${project}/issues/${number}/comments`;
    return (await world.call<{ body: string }[]>({ method: 'GET', path })).map(({ body }) => body);
  }
  const marker = '<!-- meshwright:plan -->';

  it('keep one of a marker, changed in place', async () => {
    const { bea, connection } = world;
    const project = await createRepository(world);
    const { number } = await openPullRequest(world, project, bea);
    const first = await connection.putComment(project, number, { marker, markdown: `${marker}\nPlanning` });
    await connection.reply(project, number, 'An answer');
    const second = await connection.putComment(project, number, { marker, markdown: 'Planned' });
    expect(second).toBe(first);
    expect(first.startsWith(`${world.server.url}/${project}/pulls/${number}#`)).toBe(true);
    expect(await bodies(project, number)).toEqual([`${marker}\nPlanned`, 'An answer']);
  });

  it('leave alone what others have written, also with the marker in it', async () => {
    const { bea, connection, call } = world;
    const project = await createRepository(world);
    const { number } = await openPullRequest(world, project, bea);
    const spoof = `${marker}\nEverything is approved`;
    const path = `/repos/${project}/issues/${number}/comments`;
    await call({ method: 'POST', path, token: bea.token, body: { body: spoof } });
    await connection.putComment(project, number, { marker, markdown: 'Planned' });
    await connection.putComment(project, number, { marker, markdown: 'Planned' });
    expect(await bodies(project, number)).toEqual([spoof, `${marker}\nPlanned`]);
  });
});

describe('a pull request that the engine offers', () => {
  it('is the same when it is offered again', async () => {
    const { bea, engine, connection } = world;
    const project = await createRepository(world);
    const branch = 'meshwright/revert/checkout';
    await commitFile(world, project, bea, { newBranch: branch });
    const offer = { branch, base: 'main', title: 'Take checkout back', body: 'It became slower.' };
    const offered = await connection.offerPullRequest(project, offer);
    expect(offered).toMatchObject({ state: 'open', base: 'main', author: { id: String(engine.id) } });
    const another = await world.connectWith(scopes);
    expect(await another.offerPullRequest(project, offer)).toEqual(offered);
  });

  it('is not mistaken for that of a fork with a branch of the same name', async () => {
    const { bea, carl, call, connection } = world;
    const project = await createRepository(world);
    const name = project.split('/')[1]!;
    await call({ method: 'POST', path: `/repos/${project}/forks`, token: carl.token, body: {} });
    await commitFile(world, `carl/${name}`, carl, { newBranch: 'revert' });
    const body = { head: 'carl:revert', base: 'main', title: 'Not the same' };
    const path = `/repos/${project}/pulls`;
    const foreign = await call<{ number: number }>({ method: 'POST', path, token: carl.token, body });
    await commitFile(world, project, bea, { newBranch: 'revert' });
    const offer = { branch: 'revert', base: 'main', title: 'Take it back', body: '' };
    const offered = await connection.offerPullRequest(project, offer);
    expect(offered.number).not.toBe(foreign.number);
    expect(offered.author.id).toBe(String(world.engine.id));
  });

  it('is refused, with what Gitea says, where there is no such branch', async () => {
    const project = await createRepository(world);
    const offer = { branch: 'nothing', base: 'main', title: 'Nothing', body: '' };
    await expect(world.connection.offerPullRequest(project, offer)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });
});

describe('a team', () => {
  it('is told with all its members, over several pages', async () => {
    const { ada, bea, carl, engine, call, connection } = world;
    const body = { name: 'Mesh-Owners', permission: 'read', units: ['repo.pulls'] };
    const path = '/orgs/acme/teams';
    const { id } = await call<{ id: number }>({ method: 'POST', path, token: ada.token, body });
    const users = [ada, bea, carl, engine];
    for (const { name } of users) {
      await call({ method: 'PUT', path: `/teams/${id}/members/${name}`, token: ada.token });
    }
    const members = await connection.teamMembers('acme/mesh-owners');
    expect(new Set(members.map((member) => member.id))).toEqual(
      new Set(users.map((user) => String(user.id))),
    );
  });

  it('is refused where it is not there, or the engine is no member', async () => {
    const { ada, call, connection } = world;
    const body = { name: 'secret-owners', permission: 'read', units: ['repo.pulls'] };
    await call({ method: 'POST', path: '/orgs/acme/teams', token: ada.token, body });
    for (const team of ['acme/nothing', 'acme/secret-owners']) {
      await expect(connection.teamMembers(team)).rejects.toMatchObject({
        code: 'SERVICE_REFUSED',
        details: { remedy: expect.any(String) as string },
      });
    }
  });
});

describe('the address of a commit', () => {
  it('is where Gitea shows it', async () => {
    const project = await createRepository(world);
    const commit = await commitFile(world, project, world.bea, {});
    const page = await fetch(world.connection.commitUrl(project, commit));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(commit);
  });
});
