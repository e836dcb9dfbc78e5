import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRepository, type Repository } from './repository.ts';
import { createWorkbench, type Workbench } from './test-support/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

let bench: Workbench;
let repository: Repository;

beforeEach(async () => {
  bench = await createWorkbench();
  repository = openRepository({
    name: 'patterns',
    url: `file://${bench.origin}`,
    mirrorDirectory: join(bench.directory, 'mirror'),
  });
  await bench.write('a.yaml', 'a: 1\n');
  await bench.commit('first');
  await bench.push();
});
afterEach(async () => {
  await bench.dispose();
});

/** A commit of a pull request, which is on no branch of the server. */
async function propose(path: string, content: string, number = 3): Promise<string> {
  await bench.git('switch', '--quiet', '--detach', 'main');
  await bench.write(path, content);
  const head = await bench.commit(`propose ${path}`);
  await bench.git('push', '--quiet', bench.origin, `HEAD:refs/pull/${number}/head`);
  await bench.git('switch', '--quiet', 'main');
  return head;
}

async function filesOf(commit: string): Promise<Record<string, string>> {
  const tree = await repository.tree(commit);
  const files = await tree.list();
  const texts = files.map(async ({ path }) => [path, new TextDecoder().decode(await tree.read(path, 1_000))]);
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
}

describe('a commit of a pull request', () => {
  it('is fetched from its ref', async () => {
    const head = await propose('b.yaml', 'b: 1\n');
    await repository.fetchFrom('refs/pull/3/head', head);
    expect(await repository.commitInfo(head)).toMatchObject({ id: head, subject: 'propose b.yaml' });
  });

  it('is missing where neither the ref nor the server has it', async () => {
    await propose('b.yaml', 'b: 1\n');
    await expect(repository.fetchFrom('refs/pull/3/head', '1'.repeat(40))).rejects.toMatchObject({
      code: 'COMMIT_MISSING',
    });
  });

  it.each([
    'pull/3/head',
    'refs/../x',
    '--upload-pack=touch',
    'refs/heads/*',
    'refs/a:refs/b',
    'refs/a b',
    '',
  ])('is not looked for at %j', async (ref) => {
    await expect(repository.fetchFrom(ref, '1'.repeat(40))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is merged with what the branch has become, without a trace on the server', async () => {
    const head = await propose('b.yaml', 'b: 1\n');
    await bench.write('a.yaml', 'a: 2\n');
    const onto = await bench.commit('meanwhile');
    await bench.push();
    await repository.fetchFrom('refs/pull/3/head', head);
    const merged = await repository.merge(head, { onto });
    if (!('commit' in merged)) throw new Error(merged.impossible);
    expect(await filesOf(merged.commit)).toEqual({ 'a.yaml': 'a: 2\n', 'b.yaml': 'b: 1\n' });
    expect(await bench.gitOrigin('rev-parse', 'main')).toBe(onto);
  });

  it('is not merged where both changed the same lines, and the files are named', async () => {
    const head = await propose('a.yaml', 'a: 3\n');
    await bench.write('a.yaml', 'a: 2\n');
    const onto = await bench.commit('meanwhile');
    await bench.push();
    await repository.fetchFrom('refs/pull/3/head', head);
    expect(await repository.merge(head, { onto })).toEqual({
      impossible: 'both changed the same lines of "a.yaml"',
    });
  });

  it('is merged where the branch has gone on for longer than is fetched at first', async () => {
    const head = await propose('b.yaml', 'b: 1\n');
    for (let count = 0; count < 60; count += 1) await bench.commit('meanwhile');
    const onto = await bench.git('rev-parse', 'HEAD');
    await bench.push();
    await repository.fetchFrom('refs/pull/3/head', head);
    expect(await repository.merge(head, { onto })).toHaveProperty('commit');
  });

  it('is not merged with a history of its own', async () => {
    const onto = await bench.git('rev-parse', 'main');
    await bench.git('switch', '--quiet', '--orphan', 'other');
    const head = await bench.commit('unrelated');
    await bench.push('other');
    await repository.fetch(head);
    expect(await repository.merge(head, { onto })).toEqual({
      impossible: 'they have no commit in common',
    });
  });
});
