import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- The test stands where the engine does: it hands the plugin a real port.
import { openHttp } from '@meshwright/http';
import type { ForgeConnection, ForgeSettings, PullRequest } from '@meshwright/plugin-sdk';
// eslint-disable-next-line @nx/enforce-module-boundaries -- A real Gitea, which only the testbed can start.
import { startGitea, type GiteaServer, type GiteaUser } from '@meshwright/testbed';
import { gitea as plugin } from '../plugin.ts';

/** The scopes that the guide asks for. */
export const scopes = ['write:repository', 'write:issue', 'read:user', 'read:organization'];

/** A Gitea with an organization `acme`, people, and the account of the engine. */
export interface World {
  server: GiteaServer;
  /** Owns the organization. */
  ada: GiteaUser;
  /** Writes to its repositories. */
  bea: GiteaUser;
  /** Whom the organization knows nothing of. */
  carl: GiteaUser;
  engine: GiteaUser;
  settings: ForgeSettings;
  connection: ForgeConnection;
  /** A connection with a token of these scopes, of the engine unless told. */
  connectWith(scopes: string[], user?: GiteaUser): Promise<ForgeConnection>;
  connectAt(change: Partial<ForgeSettings>): ForgeConnection;
  call: GiteaServer['call'];
  stop(): Promise<void>;
}

export const webhookSecret = 'the-secret-of-the-webhook';

export async function openWorld(): Promise<World> {
  // Two entries a page: whatever is read by pages is read by several.
  const server = await startGitea({ pageSize: 2 });
  const call: World['call'] = (request) => server.call(request);
  const [ada, bea, carl, engine] = [
    await server.createUser('ada'),
    await server.createUser('bea'),
    await server.createUser('carl'),
    await server.createUser('engine'),
  ];
  await call({ method: 'POST', path: '/orgs', token: ada.token, body: { username: 'acme' } });
  const http = openHttp({ limits: { attempts: 1 } });
  const settings: ForgeSettings = {
    service: 'gitea',
    url: server.url,
    credential: { kind: 'token', token: () => Promise.resolve(engine.token) },
    webhookSecret: () => Promise.resolve(webhookSecret),
  };
  const connectAt = (change: Partial<ForgeSettings>): ForgeConnection =>
    plugin.connect({ ...settings, ...change }, { http, now: Date.now });
  const connectWith = async (wanted: string[], user = engine): Promise<ForgeConnection> => {
    const token = await tokenOf(server, user, wanted);
    return connectAt({ credential: { kind: 'token', token: () => Promise.resolve(token) } });
  };
  return {
    ...{ server, ada, bea, carl, engine, settings, call, connectAt, connectWith },
    connection: await connectWith(scopes),
    stop: async () => {
      await http.close();
      await server.stop();
    },
  };
}

async function tokenOf(
  server: GiteaServer,
  { name, password }: GiteaUser,
  wanted: string[],
): Promise<string> {
  const response = await fetch(`${server.url}/api/v1/users/${name}/tokens`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: randomBytes(6).toString('hex'), scopes: wanted }),
  });
  if (!response.ok) throw new Error(`Gitea gave no token: ${await response.text()}`);
  return ((await response.json()) as { sha1: string }).sha1;
}

/** A repository of `acme` with one commit on `main`, which bea and the engine may write to. */
export async function createRepository({ call, ada, bea, engine }: World): Promise<string> {
  const name = `patterns-${randomBytes(4).toString('hex')}`;
  const body = { name, auto_init: true, default_branch: 'main' };
  await call({ method: 'POST', path: '/orgs/acme/repos', token: ada.token, body });
  for (const user of [bea, engine]) {
    const path = `/repos/acme/${name}/collaborators/${user.name}`;
    await call({ method: 'PUT', path, token: ada.token, body: { permission: 'write' } });
  }
  return `acme/${name}`;
}

/** A file in a commit of its own; gives the commit's id. */
export async function commitFile(
  { call }: World,
  project: string,
  { token }: GiteaUser,
  where: { branch?: string; newBranch?: string; path?: string },
): Promise<string> {
  const { branch = 'main', newBranch, path = `${randomBytes(6).toString('hex')}.yaml` } = where;
  const answer = await call<{ commit: { sha: string } }>({
    method: 'POST',
    path: `/repos/${project}/contents/${path}`,
    token,
    body: {
      content: Buffer.from(randomBytes(6).toString('hex')).toString('base64'),
      message: `Add ${path}`,
      branch,
      ...(newBranch === undefined ? {} : { new_branch: newBranch }),
    },
  });
  return answer.commit.sha;
}

/** A pull request of a new branch with one commit. */
export async function openPullRequest(
  world: World,
  project: string,
  user: GiteaUser,
  { branch = `change-${randomBytes(4).toString('hex')}`, base = 'main' } = {},
): Promise<PullRequest> {
  await commitFile(world, project, user, { branch: base, newBranch: branch });
  const body = { head: branch, base, title: `Bring ${branch}` };
  const { number } = await world.call<{ number: number }>({
    method: 'POST',
    path: `/repos/${project}/pulls`,
    token: user.token,
    body,
  });
  return world.connection.pullRequest(project, number);
}

/** Merges as a person does by the button, once Gitea has looked whether it can. */
export async function merge(
  { call, server }: World,
  project: string,
  number: number,
  { token }: GiteaUser,
  style: 'merge' | 'rebase' | 'squash' | 'fast-forward-only' = 'merge',
): Promise<string> {
  const path = `/repos/${project}/pulls/${number}`;
  for (;;) {
    const response = await fetch(`${server.url}/api/v1${path}/merge`, {
      method: 'POST',
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ Do: style }),
    });
    const text = await response.text();
    if (response.ok) break;
    if (!text.includes('try again')) throw new Error(`Gitea did not merge: ${text}`);
  }
  return (await call<{ merge_commit_sha: string }>({ method: 'GET', path })).merge_commit_sha;
}

const run = promisify(execFile);

/** A clone of a user's, removed with the test. */
export async function clone(
  { server }: World,
  project: string,
  { name, token }: Pick<GiteaUser, 'name' | 'token'>,
): Promise<(...args: string[]) => Promise<string>> {
  const directory = await mkdtemp(join(tmpdir(), 'forge-gitea-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const remote = new URL(`${server.url}/${project}.git`);
  [remote.username, remote.password] = [name, token];
  const git = async (...args: string[]): Promise<string> => {
    const who = ['-c', `user.name=${name}`, '-c', `user.email=${name}@gitea.invalid`];
    return (await run('git', [...who, ...args], { cwd: directory, encoding: 'utf8' })).stdout.trim();
  };
  await git('clone', '--quiet', remote.href, '.');
  return git;
}
