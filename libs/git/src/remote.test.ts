import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RepositoryOptions } from './fetching.ts';
import { openRepository, type Repository } from './repository.ts';
import {
  createWorkbench,
  type GitHttpServer,
  startGitHttpServer,
  type Workbench,
} from './test-support/index.ts';

const password = 'tok-3f9a8c7b';
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let bench: Workbench;
let server: GitHttpServer;
let commit: string;

/** Waits for a condition that has no event; the machine may be busy. */
async function eventually(condition: () => unknown): Promise<void> {
  await vi.waitFor(condition, { timeout: 20_000, interval: 20 });
}

beforeEach(async () => {
  bench = await createWorkbench();
  await bench.write('a.yaml', 'a: 1\n');
  commit = await bench.commit('first');
  await bench.push();
  server = await startGitHttpServer(bench.directory, { username: 'bot', password });
});
afterEach(async () => {
  await server.stop();
  await bench.dispose();
});

function open(options: Partial<RepositoryOptions> = {}): Repository {
  return openRepository({
    name: 'patterns',
    url: `${server.url}origin.git`,
    credentials: () => Promise.resolve({ kind: 'password', username: 'bot', password }),
    mirrorDirectory: join(bench.directory, 'mirror'),
    ...options,
  });
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error as Error,
  );
}

describe('a repository behind HTTP', () => {
  it('is read with its credentials', async () => {
    const repository = open();
    expect(await repository.tip()).toEqual({ branch: 'main', commit });
    await repository.fetch(commit);
    const tree = await repository.tree(commit);
    expect(new TextDecoder().decode(await tree.read('a.yaml', 100))).toBe('a: 1\n');
  });

  it('asks for credentials again each time, so that a token may change', async () => {
    const passwords = ['expired', password];
    const repository = open({
      credentials: () =>
        Promise.resolve({ kind: 'password', username: 'bot', password: passwords.shift() ?? '' }),
    });
    await expect(repository.tip()).rejects.toMatchObject({ code: 'REPOSITORY_REFUSED' });
    expect(await repository.tip()).toEqual({ branch: 'main', commit });
  });

  it('keeps the password out of arguments, the mirror and every error', async () => {
    const repository = open();
    await repository.fetch(commit);
    const config = await readFile(join(bench.directory, 'mirror/sha1.git/config'), 'utf8');
    expect(config).not.toContain(password);
    server.behaviour = { kind: 'silent' };
    const before = server.requests.length;
    const stop = new AbortController();
    const looking = failureOf(repository.tip(stop.signal));
    await eventually(() => expect(server.requests.length).toBeGreaterThan(before));
    const commands = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(commands).toContain(`remote-http origin ${server.url}`);
    expect(commands).not.toContain(password);
    stop.abort();
    await looking;
    server.behaviour = { kind: 'status', status: 403 };
    const error = await failureOf(repository.tip());
    const encoded = Buffer.from(`bot:${password}`).toString('base64');
    expect(JSON.stringify([error, error.message, error.stack])).not.toMatch(
      new RegExp(`${password}|${encoded}`),
    );
  });

  it.each([401, 403, 404])('is refused with a remedy when the server says %d', async (status) => {
    server.behaviour = { kind: 'status', status };
    await expect(open().tip()).rejects.toMatchObject({
      code: 'REPOSITORY_REFUSED',
      retryable: false,
      details: { remedy: expect.any(String) as string },
    });
  });

  it.each([429, 500, 502, 503])('is unreachable for now when the server says %d', async (status) => {
    server.behaviour = { kind: 'status', status };
    await expect(open().tip()).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE', retryable: true });
  });

  it('is unreachable while the server is down, and read again afterwards', async () => {
    const repository = open();
    await server.stop();
    await expect(repository.tip()).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    await expect(repository.fetch(commit)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  });

  it('is unreachable when the server answers nothing in time, and no process stays behind', async () => {
    server.behaviour = { kind: 'silent' };
    const error = await failureOf(open({ timeouts: { lookMs: 500 } }).tip());
    expect(error).toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    await eventually(async () => expect(await server.connections()).toBe(0));
  });

  it('is unreachable when the connection breaks during a fetch, and leaves no partial pack', async () => {
    server.behaviour = { kind: 'cut' };
    const repository = open();
    await expect(repository.fetch(commit)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    const packs = join(bench.directory, 'mirror/sha1.git/objects/pack');
    expect(await readdir(packs)).toEqual([]);
    server.behaviour = { kind: 'serve' };
    await repository.fetch(commit);
  });

  it('stops at once when it is told to', async () => {
    server.behaviour = { kind: 'silent' };
    const stop = new AbortController();
    const looking = failureOf(open().tip(stop.signal));
    await eventually(async () => expect(await server.connections()).toBeGreaterThan(0));
    stop.abort(new Error('enough'));
    expect((await looking).message).toBe('enough');
  });

  it('never sends its credentials where the server redirects', async () => {
    const other = await startGitHttpServer(bench.directory);
    server.behaviour = { kind: 'redirect', to: other.url };
    const error = await failureOf(open().tip());
    expect(error).toMatchObject({
      code: 'REPOSITORY_REFUSED',
      message: expect.stringContaining('redirect') as string,
    });
    expect(other.requests).toEqual([]);
    await other.stop();
  });

  it('is not taken for the repository when a page answers instead', async () => {
    server.behaviour = { kind: 'page', html: '<html>\n<p>Log in</p>\n</html>\n' };
    await expect(open().tip()).rejects.toMatchObject({ code: 'REPOSITORY_REFUSED' });
  });
});

describe('an address that would give something away', () => {
  it.each([
    'ext::sh -c touch% /tmp/x',
    'EXT::sh -c x',
    'fd::17/x',
    'git://example.com/x.git',
    'ftp://example.com/x.git',
    '--upload-pack=touch /tmp/x',
    'https://user:secret@example.com/x.git',
    'https://token@example.com/x.git',
    'ssh://-oProxyCommand=touch/x',
    '-oProxyCommand=x@example.com:x',
    'git@-oProxyCommand=x:y',
    'git@example.com:-x',
    'file://host/x',
    'https://example.com/a\nb',
    'relative/path',
    '',
  ])('is refused before anything runs: %j', (url) => {
    try {
      open({ url });
      expect.fail('it should have been refused');
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION' });
      expect((error as Error).message).not.toMatch(/secret|token@/);
    }
  });

  it.each([
    ['http://example.com/x.git', 'clear text'],
    ['/srv/x.git', 'this machine'],
    ['ssh://git@example.com/x.git', 'private key'],
  ])('is refused with a password: %s', async (url, why) => {
    await expect(open({ url }).tip()).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(why) as string,
    });
  });
});

describe('a repository behind SSH', () => {
  const credentials = {
    kind: 'ssh',
    privateKeyFile: '/nowhere/key',
    knownHostsFile: '/nowhere/known_hosts',
  } as const;

  it('is unreachable while nobody listens: the real ssh takes every option it is given', async () => {
    const { port } = new URL(server.url);
    await server.stop();
    const url = `ssh://git@127.0.0.1:${port}/x.git`;
    const error = await failureOf(open({ url, credentials: () => Promise.resolve(credentials) }).tip());
    expect(error).toMatchObject({
      code: 'REPOSITORY_UNREACHABLE',
      message: expect.stringContaining('Connection refused') as string,
    });
  });

  it.each(['/tmp/a b', "/tmp/x'; touch y", '/tmp/%h', '/tmp/$(x)', 'relative'])(
    'is refused with a file whose name could mean something to a shell or to ssh: %j',
    async (privateKeyFile) => {
      const unsafe = { ...credentials, privateKeyFile };
      const url = 'git@example.com:x.git';
      await expect(open({ url, credentials: () => Promise.resolve(unsafe) }).tip()).rejects.toMatchObject({
        code: 'INVALID_CONFIGURATION',
      });
    },
  );
});
