import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RepositoryOptions } from './fetching.ts';
import { openRepository, type Repository } from './repository.ts';
import { type Reverted } from './reverting.ts';
import { createWorkbench, startGitHttpServer, type Workbench } from './test-support/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const branch = 'meshwright/revert-shop-0123456789ab';
let bench: Workbench;

beforeEach(async () => {
  bench = await createWorkbench();
  await bench.write('a.yaml', 'version: 1\n');
  await bench.commit('first');
});
afterEach(async () => {
  await bench.dispose();
});

function open(options: Partial<RepositoryOptions> = {}): Repository {
  return openRepository({
    name: 'patterns',
    url: bench.origin,
    mirrorDirectory: join(bench.directory, 'mirror'),
    ...options,
  });
}

async function commitOf(path: string, content: string, message: string): Promise<string> {
  await bench.write(path, content);
  return bench.commit(message);
}

async function tipOf(repository: Repository): Promise<string> {
  const tip = await repository.tip();
  if ('missing' in tip) throw new Error(`branch ${tip.missing} is missing`);
  return tip.commit;
}

async function revert(repository: Repository, commit: string, message = 'Revert it'): Promise<Reverted> {
  return repository.revert(commit, { onto: await tipOf(repository), message });
}

async function reverted(repository: Repository, commit: string, message?: string): Promise<string> {
  const result = await revert(repository, commit, message);
  if ('impossible' in result) throw new Error(result.impossible);
  return result.commit;
}

async function filesOf(repository: Repository, commit: string): Promise<Record<string, string>> {
  const tree = await repository.tree(commit);
  const entries = await tree.list();
  const texts = entries.map(async ({ path }): Promise<[string, string]> => {
    return [path, new TextDecoder().decode(await tree.read(path, 1_000))];
  });
  return Object.fromEntries(await Promise.all(texts));
}

describe('a revert', () => {
  it('takes back one commit on top of those after it, and nothing else', async () => {
    await bench.write('b.yaml', 'b: 1\n');
    const bad = await commitOf('a.yaml', 'version: 2\n', 'Raise the version');
    const tip = await commitOf('c.yaml', 'c: 1\n', 'Add c');
    await bench.push();
    const repository = open();
    const message = 'Revert "Raise the version"\n\nIt was bad.';
    const commit = await reverted(repository, bad, message);
    expect(await filesOf(repository, commit)).toEqual({ 'a.yaml': 'version: 1\n', 'c.yaml': 'c: 1\n' });
    expect(await repository.commitInfo(commit)).toMatchObject({
      author: 'Meshwright',
      subject: 'Revert "Raise the version"',
    });
    await repository.publish(commit, branch);
    expect(await bench.gitOrigin('log', '-1', '--format=%P%n%B', branch)).toBe(`${tip}\n${message}`);
    expect(await bench.gitOrigin('rev-parse', 'main')).toBe(tip);
  });

  it('brings back what the commit removed or renamed', async () => {
    await bench.git('mv', 'a.yaml', 'moved.yaml');
    const bad = await bench.commit('Move');
    await commitOf('moved.yaml', 'version: 1\nmore: true\n', 'Add to it');
    await bench.push();
    const repository = open();
    expect(await filesOf(repository, await reverted(repository, bad))).toEqual({
      'a.yaml': 'version: 1\nmore: true\n',
    });
  });

  it('takes back what a merge brought into the branch', async () => {
    await bench.git('switch', '--quiet', '-c', 'side');
    await commitOf('side.yaml', 'side: 1\n', 'Aside');
    await bench.git('switch', '--quiet', 'main');
    await commitOf('b.yaml', 'b: 1\n', 'On main');
    await bench.git('merge', '--quiet', '--no-ff', '--message', 'Merge side', 'side');
    const merge = await bench.git('rev-parse', 'HEAD');
    await bench.push();
    const repository = open();
    expect(Object.keys(await filesOf(repository, await reverted(repository, merge)))).toEqual([
      'a.yaml',
      'b.yaml',
    ]);
  });

  it('reaches back beyond what is fetched at first', async () => {
    const bad = await commitOf('a.yaml', 'version: 2\n', 'Raise the version');
    for (let index = 0; index < 60; index += 1) await bench.commit(`later ${index}`);
    await bench.push();
    const repository = open({ url: `file://${bench.origin}` });
    expect(await filesOf(repository, await reverted(repository, bad))).toEqual({ 'a.yaml': 'version: 1\n' });
  });

  it('names the files that later commits changed as well', async () => {
    const bad = await commitOf('a.yaml', 'version: 2\n', 'Raise the version');
    await commitOf('a.yaml', 'version: 3\n', 'Raise it again');
    await bench.push();
    expect(await revert(open(), bad)).toEqual({
      impossible: 'later commits changed the same lines of "a.yaml"',
    });
  });

  it('is impossible for the first commit, for one that is gone and for one that was taken back', async () => {
    const first = await bench.git('rev-parse', 'HEAD');
    const bad = await commitOf('a.yaml', 'version: 2\n', 'Raise the version');
    await bench.git('revert', '--no-edit', bad);
    await bench.push();
    const repository = open();
    expect(await revert(repository, first)).toEqual({ impossible: 'it is the first commit' });
    expect(await revert(repository, bad)).toEqual({ impossible: 'nothing of it is left to take back' });
    await bench.git('reset', '--quiet', '--hard', first);
    await commitOf('b.yaml', 'b: 1\n', 'Rewritten');
    await bench.push();
    expect(await revert(repository, bad)).toEqual({
      impossible: 'it is not (any more) among the commits of the branch',
    });
  });

  it('neither runs nor believes anything of the repository', async () => {
    const proof = join(bench.directory, 'proof');
    const script = `#!/bin/sh\ntouch ${proof}\ncat\n`;
    for (const hook of ['pre-receive', 'update', 'post-receive', 'post-update']) {
      await writeFile(join(bench.origin, 'hooks', hook), script, { mode: 0o755 });
    }
    await writeFile(join(bench.directory, 'driver'), script, { mode: 0o755 });
    await bench.gitOrigin('config', 'merge.evil.driver', join(bench.directory, 'driver'));
    await bench.write('.gitattributes', '*.yaml merge=evil filter=evil\n');
    const bad = await commitOf('a.yaml', 'version: 2\nx: 1\n\n\n\n', 'Raise the version');
    await commitOf('a.yaml', 'version: 2\nx: 1\n\n\n\nlast: 1\n', 'Add a line');
    await bench.push();
    const before = await stat(proof);
    const repository = open();
    const result = await revert(repository, bad);
    const commit = 'commit' in result ? result.commit : await tipOf(repository);
    expect(await repository.publish(commit, branch)).toBe('created');
    expect((await stat(proof)).mtimeMs).toBe(before.mtimeMs);
  });
});

describe('a branch that is pushed', () => {
  it('is made once and never moved', async () => {
    const bad = await commitOf('a.yaml', 'version: 2\n', 'Raise the version');
    await bench.push();
    const repository = open();
    expect(await repository.tipOf(branch)).toEqual({ missing: branch });
    const commit = await reverted(repository, bad);
    expect(await repository.publish(commit, branch)).toBe('created');
    expect(await repository.tipOf(branch)).toEqual({ branch, commit });
    const other = await reverted(repository, bad, 'Another message');
    expect(other).not.toBe(commit);
    expect(await repository.publish(other, branch)).toBe('present');
    expect(await repository.tipOf(branch)).toEqual({ branch, commit });
  });

  it('must have the name of a branch, and a commit that is there', async () => {
    await bench.push();
    const repository = open();
    const commit = await tipOf(repository);
    await expect(repository.publish(commit, branch)).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
    await repository.fetch(commit);
    await expect(repository.publish(commit, '--mirror')).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
    });
    await expect(repository.tipOf('a..b')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });

  it('is taken over HTTP by a server that lets these credentials write', async () => {
    const login = { username: 'bot', password: 'tok-3f9a8c7b' };
    const server = await startGitHttpServer(bench.directory, login);
    try {
      await bench.gitOrigin('config', 'http.receivepack', 'true');
      const bad = await commitOf('a.yaml', 'version: 2\n', 'Raise the version');
      await bench.push();
      const credentials = () => Promise.resolve({ kind: 'password' as const, ...login });
      const repository = open({ url: `${server.url}origin.git`, credentials });
      const commit = await reverted(repository, bad);
      expect(await repository.publish(commit, branch)).toBe('created');
      expect(await bench.gitOrigin('rev-parse', branch)).toBe(commit);
    } finally {
      await server.stop();
    }
  });

  it('is refused by a server that only reads, or whose hook declines, and neither says a secret', async () => {
    const login = { username: 'bot', password: 'tok-3f9a8c7b' };
    const server = await startGitHttpServer(bench.directory, login);
    try {
      const bad = await commitOf('a.yaml', 'version: 2\n', 'Raise the version');
      await bench.push();
      const credentials = () => Promise.resolve({ kind: 'password' as const, ...login });
      const repository = open({ url: `${server.url}origin.git`, credentials });
      const commit = await reverted(repository, bad);
      await expect(repository.publish(commit, branch)).rejects.toMatchObject({
        code: 'REPOSITORY_REFUSED',
        message: expect.stringContaining('does not take the push') as string,
      });
      await bench.gitOrigin('config', 'http.receivepack', 'true');
      const hook = join(bench.origin, 'hooks', 'pre-receive');
      await writeFile(hook, '#!/bin/sh\necho "no tok-3f9a8c7b here" >&2\nexit 1\n', { mode: 0o755 });
      const declined: unknown = await repository.publish(commit, branch).catch((error: unknown) => error);
      expect(declined).toMatchObject({
        code: 'REPOSITORY_REFUSED',
        message: expect.stringContaining('declined') as string,
      });
      expect(JSON.stringify(declined) + String(declined)).not.toContain(login.password);
      expect(await repository.tipOf(branch)).toEqual({ missing: branch });
    } finally {
      await server.stop();
    }
  });

  it('may be tried again when the server is away', async () => {
    await bench.push();
    const near = open();
    const commit = await tipOf(near);
    await near.fetch(commit);
    await expect(
      open({ url: 'http://127.0.0.1:9/origin.git' }).publish(commit, branch),
    ).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE', retryable: true });
  });
});
