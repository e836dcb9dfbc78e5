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
});
afterEach(async () => {
  await bench.dispose();
});

async function commitBy(name: string): Promise<string> {
  return bench.commit(`by ${name}`, `--author=${name} <${name}@example.com>`);
}

async function contributors(commit: string, since?: string): Promise<string[]> {
  await repository.fetch(commit);
  const { contributors: found } = await repository.commitInfo(commit, since);
  return found.map(({ name, email }) => `${name} <${email}>`).toSorted();
}

const ada = 'Ada <ada@example.com>';

describe('who has a part in a commit', () => {
  it('are its author and its committer, once each', async () => {
    const first = await bench.commit('by both');
    const second = await commitBy('bob');
    await bench.push();
    expect(await contributors(first)).toEqual([ada]);
    expect(await contributors(second)).toEqual([ada, 'bob <bob@example.com>']);
  });

  it('are those of every commit that came with it', async () => {
    const before = await commitBy('old');
    await commitBy('bob');
    await commitBy('cleo');
    const commit = await bench.commit('the last one');
    await bench.push();
    expect(await contributors(commit, before)).toEqual([
      ada,
      'bob <bob@example.com>',
      'cleo <cleo@example.com>',
    ]);
    expect(await contributors(commit, commit)).toEqual([ada]);
  });

  it('are those of a merged branch too, however long it is', async () => {
    const before = await bench.commit('main');
    await bench.git('switch', '--quiet', '--create', 'side');
    await commitBy('first');
    for (let count = 0; count < 60; count += 1) await commitBy('side');
    await bench.git('switch', '--quiet', 'main');
    await bench.commit('more of main');
    await bench.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'side');
    const commit = await bench.git('rev-parse', 'HEAD');
    await bench.push();
    await repository.fetch(before);
    expect(await contributors(commit, before)).toEqual([
      ada,
      'first <first@example.com>',
      'side <side@example.com>',
    ]);
  });

  it('are those of the last fifty commits after the one before is gone', async () => {
    await commitBy('too-old');
    for (let count = 0; count < 48; count += 1) await bench.commit('one more');
    await commitBy('bob');
    const commit = await bench.commit('the last');
    await bench.push();
    expect(await contributors(commit, '1'.repeat(40))).toEqual([ada, 'bob <bob@example.com>']);
  });

  it('are only those of the new history after a force push', async () => {
    await bench.commit('root');
    await bench.git('tag', 'root');
    const before = await commitBy('old');
    await bench.push();
    await repository.fetch(before);
    await bench.git('reset', '--quiet', '--hard', 'root');
    const commit = await commitBy('new');
    await bench.push();
    expect(await contributors(commit, before)).toEqual([ada, 'new <new@example.com>']);
  });

  it('are those of the commit itself when the branch was set back to it', async () => {
    const commit = await commitBy('bob');
    const before = await commitBy('cleo');
    await bench.push();
    await repository.fetch(before);
    expect(await contributors(commit, before)).toEqual([ada, 'bob <bob@example.com>']);
  });

  it('are refused when they are more than a hundred', async () => {
    const before = await bench.commit('first');
    for (let count = 0; count < 100; count += 1) await commitBy(`p${count}`);
    const commit = await bench.git('rev-parse', 'HEAD');
    await bench.push();
    await expect(contributors(commit, before)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('101 people') as string,
    });
  });
});
