import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// eslint-disable-next-line @nx/enforce-module-boundaries -- The guide's configuration has to be one.
import { loadConfig } from '@meshwright/config';
// eslint-disable-next-line @nx/enforce-module-boundaries -- The guide's policy has to be one.
import { readPolicy } from '@meshwright/pattern';
import type { ForgeConnection } from '@meshwright/plugin-sdk';
import { openReceiver, type Receiver } from './test-support/receiver.ts';
import { clone, commitFile, merge, openPullRequest, openWorld, type World } from './test-support/server.ts';

/** The first start on a machine builds Gitea. */
const BUILD_MS = 45 * 60_000;
const project = 'acme/patterns';

interface Block {
  language: string;
  text: string;
}

let world: World;
let directory: string;
let blocks: Block[];
let receiver: Receiver;
let printed: string;
let connection: ForgeConnection;

beforeAll(async () => {
  world = await openWorld();
  const { ada, call } = world;
  const repository = { name: 'patterns', private: true, auto_init: true, default_branch: 'main' };
  await call({ method: 'POST', path: '/orgs/acme/repos', token: ada.token, body: repository });
  const path = `/repos/${project}/collaborators/bea`;
  await call({ method: 'PUT', path, token: ada.token, body: { permission: 'write' } });
  const team = { name: 'mesh-owners', permission: 'read', units: ['repo.pulls'] };
  const { id } = await call<{ id: number }>({
    method: 'POST',
    path: '/orgs/acme/teams',
    token: ada.token,
    body: team,
  });
  await call({ method: 'PUT', path: `/teams/${id}/members/bea`, token: ada.token });

  directory = await mkdtemp(join(tmpdir(), 'forge-gitea-guide-'));
  receiver = await openReceiver();
  const guide = join(import.meta.dirname, '..', '..', '..', 'docs', 'guides', 'gitea.md');
  blocks = blocksOf(await readFile(guide, 'utf8'));
  printed = await runGuide();
  const token = (await readFile(join(directory, 'gitea-token'), 'utf8')).trim();
  connection = world.connectAt({ credential: { kind: 'token', token: () => Promise.resolve(token) } });
}, BUILD_MS);
afterAll(async () => {
  await receiver.close();
  await rm(directory, { recursive: true, force: true });
  await world.stop();
});

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', content = '']) => ({
    language,
    text: content,
  }));
}

/** Runs all commands of the guide in one shell, with the addresses and tokens of the test for those that it exports first. */
async function runGuide(): Promise<string> {
  const [exported = '', ...steps] = blocks
    .filter(({ language }) => language === 'sh')
    .map((block) => block.text);
  const given: Record<string, string> = {
    GITEA: world.server.url,
    GATEWAY: receiver.origin,
    ADMIN_TOKEN: world.server.adminToken,
    OWNER_TOKEN: world.ada.token,
  };
  expect(exported.match(/[A-Z]{2,}(?:_[A-Z]+)*(?==| )/g)).toEqual(expect.arrayContaining(Object.keys(given)));
  const script = ['set -euo pipefail', ...steps].join('\n');
  const shell = spawn('bash', ['-c', script], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', HOME: directory, ...given },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    text(shell.stdout),
    text(shell.stderr),
    once(shell, 'exit') as Promise<[number]>,
  ]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return output;
}

function yaml(what: string): string {
  const found = blocks.find((block) => block.language === 'yaml' && block.text.startsWith(what));
  if (found === undefined) throw new Error(`the guide has no YAML that begins with ${what}`);
  return found.text;
}

describe('the guide for Gitea', () => {
  it('prints nothing secret', async () => {
    for (const file of ['gitea-token', 'webhook-secret']) {
      const secret = (await readFile(join(directory, file), 'utf8')).trim();
      expect(secret).toMatch(/^[0-9a-f]{40,64}$/);
      expect(printed).not.toContain(secret);
    }
  });

  it('gives the engine an account that can do what is needed', async () => {
    expect(await connection.check(project)).toMatch(
      /^meshwright \(account \d+\) may write to acme\/patterns$/,
    );
    expect(await connection.teamMembers('acme/mesh-owners')).toMatchObject([
      { name: 'bea' },
      { name: 'meshwright' },
    ]);
  });

  it('lets the engine offer a way back, and neither merge it nor push to the branch', async () => {
    const token = (await readFile(join(directory, 'gitea-token'), 'utf8')).trim();
    const engine = { ...world.engine, token };
    const branch = 'meshwright/revert-checkout-mesh-0123456789ab';
    await commitFile(world, project, engine, { newBranch: branch });
    const offer = { branch, base: 'main', title: 'Take it back', body: '' };
    const { number } = await connection.offerPullRequest(project, offer);
    await expect(merge(world, project, number, engine)).rejects.toThrow('not allowed');
    await expect(commitFile(world, project, engine, {})).rejects.toThrow('403');
    await merge(world, project, number, world.ada);
    expect((await connection.pullRequest(project, number)).state).toBe('merged');
  });

  it('reads the private repository with the token, whatever the name beside it', async () => {
    const token = (await readFile(join(directory, 'gitea-token'), 'utf8')).trim();
    const git = await clone(world, project, { name: 'git', token });
    expect(await git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
  });

  it('has pull requests, their comments and pushes delivered with the secret', async () => {
    const secret = (await readFile(join(directory, 'webhook-secret'), 'utf8')).trim();
    const { number } = await openPullRequest({ ...world, connection }, project, world.bea);
    const path = `/repos/${project}/issues/${number}/comments`;
    await world.call({ method: 'POST', path, token: world.bea.token, body: { body: '/why' } });
    for (const kind of ['push', 'pull-request', 'comment']) {
      const delivery = await receiver.next(kind, ({ event }) => event.kind === kind, secret);
      expect(delivery.event).toMatchObject({ project });
    }
    expect(new Set(receiver.paths)).toEqual(new Set(['/forges/gitea']));
  });

  it('has a configuration and a policy that can be read, for the account ids it tells to ask for', async () => {
    const file = join(directory, 'meshwright.yaml');
    await writeFile(file, yaml('repositories:'));
    const { forges, repositories } = await loadConfig({ path: file, environment: {} });
    expect(forges).toMatchObject([{ name: 'gitea', type: 'gitea' }]);
    expect(repositories).toMatchObject([{ forge: { name: 'gitea', project } }]);
    expect(readPolicy(yaml('apiVersion:'), 'approvals.yaml').diagnostics).toEqual([]);
    expect(printed).toMatch(new RegExp(`^${world.ada.id}$`, 'm'));
  });
});
