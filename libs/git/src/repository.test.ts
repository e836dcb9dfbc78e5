import { randomBytes } from 'node:crypto';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RepositoryOptions } from './fetching.ts';
import { openRepository, type Repository } from './repository.ts';
import { createWorkbench, type Workbench } from './test-support/index.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let bench: Workbench;

beforeEach(async () => {
  bench = await createWorkbench();
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

async function textOf(repository: Repository, commit: string, path: string): Promise<string> {
  const tree = await repository.tree(commit);
  return new TextDecoder().decode(await tree.read(path, 1_000_000));
}

describe('where the branch is', () => {
  it('is the commit the default branch points to', async () => {
    const commit = await bench.commit('first');
    await bench.push();
    expect(await open().tip()).toEqual({ branch: 'main', commit });
  });

  it('is missing in an empty repository and where HEAD names a branch that is not there', async () => {
    expect(await open().tip()).toEqual({ missing: 'HEAD' });
    await bench.commit('first');
    await bench.push('other');
    expect(await open().tip()).toEqual({ missing: 'HEAD' });
    expect(await open({ branch: 'main' }).tip()).toEqual({ missing: 'main' });
  });

  it('is missing after the branch was deleted or renamed', async () => {
    await bench.commit('first');
    await bench.push('live');
    await bench.gitOrigin('branch', '-m', 'live', 'renamed');
    expect(await open({ branch: 'live' }).tip()).toEqual({ missing: 'live' });
  });

  it('is not a tag, a deeper branch or another ref whose name ends alike', async () => {
    const tagged = await bench.commit('tagged');
    await bench.push('scratch');
    await bench.gitOrigin('tag', 'live', tagged);
    await bench.gitOrigin('update-ref', 'refs/heads/old/live', tagged);
    await bench.gitOrigin('update-ref', 'refs/evil/refs/heads/live', tagged);
    expect(await open({ branch: 'live' }).tip()).toEqual({ missing: 'live' });
    const commit = await bench.commit('on the branch');
    await bench.push('live');
    expect(await open({ branch: 'live' }).tip()).toEqual({ branch: 'live', commit });
  });

  it.each(['-x', '../x', 'a\nb', 'a..b', 'x.lock', 'refs//heads', '', 'a b', '@{u}'])(
    'refuses %j as a branch before Git sees it',
    (branch) => {
      expect(() => open({ branch })).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION' }));
    },
  );

  it('is refused with a remedy where there is no repository', async () => {
    const repository = open({ url: join(bench.directory, 'nowhere.git') });
    await expect(repository.tip()).rejects.toMatchObject({
      code: 'REPOSITORY_REFUSED',
      details: { remedy: expect.stringContaining('URL') as string },
    });
  });
});

describe('fetching', () => {
  it('brings a commit with who made it', async () => {
    await bench.write('a.yaml', 'a: 1\n');
    const commit = await bench.commit('Add a');
    await bench.push();
    const repository = open();
    await repository.fetch(commit);
    expect(await repository.commitInfo(commit)).toMatchObject({
      id: commit,
      author: 'Ada',
      authorEmail: 'ada@example.com',
      subject: 'Add a',
    });
    expect(await textOf(repository, commit, 'a.yaml')).toBe('a: 1\n');
  });

  it('does not contact the server for a commit it has', async () => {
    const commit = await bench.commit('first');
    await bench.push();
    await open().fetch(commit);
    await open({ url: join(bench.directory, 'nowhere.git') }).fetch(commit);
  });

  it('says that a commit is missing when it never was or is gone', async () => {
    await bench.commit('first');
    await bench.push();
    await expect(open().fetch('1'.repeat(40))).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
    await expect(open().commitInfo('1'.repeat(40))).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
    await expect(open().tree('1'.repeat(40))).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
  });

  it.each(['HEAD', 'main', '--upload-pack=touch', 'a'.repeat(39), 'A'.repeat(40)])(
    'refuses %j as a commit',
    async (commit) => {
      await expect(open().fetch(commit)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    },
  );

  it('follows a rewritten history and tells it from a continued one', async () => {
    await bench.commit('root');
    const first = await bench.commit('first');
    await bench.push();
    const repository = open();
    await repository.fetch(first);
    const second = await bench.commit('second');
    await bench.push();
    await repository.fetch(second);
    expect(await repository.isAncestor(first, second)).toBe(true);
    await bench.git('reset', '--quiet', '--hard', 'HEAD~2');
    const rewritten = await bench.commit('rewritten');
    await bench.push();
    await repository.fetch(rewritten);
    expect(await repository.isAncestor(second, rewritten)).toBe(false);
    expect(await repository.isAncestor('2'.repeat(40), rewritten)).toBe(false);
  });

  it('finds an ancestor beyond the history of the first fetch', async () => {
    const old = await bench.commit('old');
    for (let index = 0; index < 60; index += 1) await bench.commit(`commit ${index}`);
    const commit = await bench.git('rev-parse', 'HEAD');
    await bench.push();
    const repository = open();
    await repository.fetch(commit);
    expect(await repository.isAncestor(old, commit)).toBe(true);
  });

  it('lets two fetches at once wait for each other', async () => {
    const first = await bench.commit('first');
    const second = await bench.commit('second');
    await bench.push();
    await Promise.all([open().fetch(first), open().fetch(second), open().fetch(second)]);
    expect(await open().isAncestor(first, second)).toBe(true);
  });

  it('mends what an ended fetch left behind', async () => {
    const first = await bench.commit('first');
    await bench.push();
    await open().fetch(first);
    const mirror = join(bench.directory, 'mirror', 'sha1.git');
    await writeFile(join(mirror, 'shallow.lock'), '');
    await writeFile(join(mirror, 'refs/meshwright/tip.lock'), '');
    await writeFile(join(mirror, 'objects/pack/tmp_pack_abc'), 'half');
    const second = await bench.commit('second');
    await bench.push();
    await open().fetch(second);
    expect(await readdir(join(mirror, 'objects/pack'))).not.toContain('tmp_pack_abc');
  });

  it('is refused when it takes more disk than allowed, and leaves nothing behind', async () => {
    await bench.write('noise.bin', randomBytes(1_000_000));
    const commit = await bench.commit('large');
    await bench.push();
    await expect(open({ maxMirrorBytes: 500_000 }).fetch(commit)).rejects.toMatchObject({
      code: 'REPOSITORY_REFUSED',
      message: expect.stringContaining('disk') as string,
    });
    expect(await readdir(join(bench.directory, 'mirror'))).toEqual(['home']);
    await open().fetch(commit);
  });

  it('starts anew when the mirror has grown beyond half of its space', async () => {
    await bench.write('noise.bin', randomBytes(60_000));
    const first = await bench.commit('large');
    await bench.push();
    const repository = open({ maxMirrorBytes: 100_000 });
    await repository.fetch(first);
    await bench.git('rm', '--quiet', 'noise.bin');
    await bench.git('checkout', '--quiet', '--orphan', 'fresh');
    const second = await bench.commit('small');
    await bench.push();
    await repository.fetch(second);
    expect(await repository.commitInfo(second)).toMatchObject({ subject: 'small' });
    await expect(repository.commitInfo(first)).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
  });

  it('leaves large files out where the server can filter, and refuses to read them', async () => {
    await bench.gitOrigin('config', 'uploadpack.allowFilter', 'true');
    await bench.write('large.yaml', Buffer.alloc(9 * 1024 * 1024, 'a'));
    await bench.write('small.yaml', 'a: 1\n');
    const commit = await bench.commit('large and small');
    await bench.push();
    const repository = open({ url: `file://${bench.origin}` });
    await repository.fetch(commit);
    const tree = await repository.tree(commit);
    expect((await tree.list()).map(({ path }) => path)).toEqual(['large.yaml', 'small.yaml']);
    await expect(tree.read('large.yaml', 100_000_000)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await textOf(repository, commit, 'small.yaml')).toBe('a: 1\n');
  });
});

describe('the repository itself', () => {
  it('executes nothing: hooks, attributes, filters and configuration in it stay data', async () => {
    const proof = join(bench.directory, 'executed');
    const script = `#!/bin/sh\ntouch ${proof}\n`;
    await bench.write('.gitattributes', '*.yaml filter=evil diff=evil text eol=crlf ident export-subst\n');
    await bench.write(
      '.gitconfig',
      `[core]\n\tfsmonitor = touch ${proof}\n[filter "evil"]\n\tsmudge = touch ${proof}\n`,
    );
    await bench.write('hooks/post-checkout', script);
    await bench.write('a.yaml', 'id: $Id$\nformat: $Format:%H$\n');
    const commit = await bench.commit('hostile');
    await bench.push();
    await mkdir(join(bench.origin, 'hooks'), { recursive: true });
    for (const hook of ['post-update', 'reference-transaction', 'pre-auto-gc']) {
      await writeFile(join(bench.origin, 'hooks', hook), script, { mode: 0o755 });
    }
    await bench.gitOrigin('config', 'uploadpack.packObjectsHook', join(bench.origin, 'hooks/post-update'));
    await bench.gitOrigin('config', 'core.fsmonitor', `touch ${proof}`);
    const repository = open();
    await repository.fetch(commit);
    expect(await textOf(repository, commit, 'a.yaml')).toBe('id: $Id$\nformat: $Format:%H$\n');
    expect(await readdir(bench.directory)).not.toContain('executed');
  });

  it('is not read through the settings of a repository that surrounds the mirror', async () => {
    const commit = await bench.commit('first');
    await bench.push();
    await bench.git('config', 'url./nowhere/.insteadOf', bench.directory);
    await bench.git('config', 'url.file:///nowhere/.insteadOf', 'file://');
    const repository = open({ mirrorDirectory: join(bench.work, 'mirror') });
    expect(await repository.tip()).toEqual({ branch: 'main', commit });
    await repository.fetch(commit);
    expect(await repository.commitInfo(commit)).toMatchObject({ id: commit });
  });

  it('may be one with SHA-256 ids', async () => {
    await bench.git(
      'init',
      '--quiet',
      '--bare',
      '--object-format=sha256',
      '--initial-branch=main',
      `${bench.origin}256`,
    );
    await bench.git('init', '--quiet', '--object-format=sha256', join(bench.directory, 'work256'));
    const inWork = ['-C', join(bench.directory, 'work256')];
    await bench.git(...inWork, 'commit', '--quiet', '--allow-empty', '--message', 'long id');
    await bench.git(...inWork, 'push', '--quiet', `${bench.origin}256`, 'HEAD:refs/heads/main');
    const commit = await bench.git(...inWork, 'rev-parse', 'HEAD');
    const repository = open({ url: `${bench.origin}256` });
    expect(await repository.tip()).toEqual({ branch: 'main', commit });
    await repository.fetch(commit);
    expect(await repository.commitInfo(commit)).toMatchObject({ id: commit, subject: 'long id' });
  });

  it.each(['.git', '..', '.GIT'])('is refused when it sends a tree with the name %j', async (name) => {
    const blob = await bench.object('blob', 'x');
    const tree = await bench.object(
      'tree',
      Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]),
    );
    const person = 'Eve <eve@example.com> 1700000000 +0000';
    const commit = await bench.object(
      'commit',
      `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nevil\n`,
    );
    await bench.gitOrigin('update-ref', 'refs/heads/main', commit);
    await expect(open().fetch(commit)).rejects.toMatchObject({
      code: 'REPOSITORY_REFUSED',
      message: expect.stringContaining('malformed') as string,
    });
  });

  it('may say anything in a commit without breaking lines or turning text around', async () => {
    const commit = await bench.commit(
      'sub\u202eject\u0007 \u001b[31mred',
      '--author',
      'Eve\u202e <eve@example.com>',
    );
    await bench.push();
    const repository = open();
    await repository.fetch(commit);
    const { author, subject } = await repository.commitInfo(commit);
    expect(author + subject).toMatch(/^[\x20-\x7e]*$/);
  });

  it('may be reached through a symbolic link', async () => {
    await bench.commit('first');
    await bench.push();
    await symlink(bench.origin, join(bench.directory, 'linked.git'));
    expect(await open({ url: join(bench.directory, 'linked.git') }).tip()).toMatchObject({ branch: 'main' });
  });
});
