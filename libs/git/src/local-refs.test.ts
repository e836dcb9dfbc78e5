import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchLocalRefs } from './local-refs.ts';
import { createWorkbench, type Workbench } from './test-support/index.ts';
import { parseRemoteUrl } from './url.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let bench: Workbench;
let calls: number;
const endings: (() => void)[] = [];

beforeEach(async () => {
  bench = await createWorkbench();
  calls = 0;
});
afterEach(async () => {
  for (const end of endings.splice(0)) end();
  await bench.dispose();
});

function follow(address: string, branch?: string): () => void {
  const end = watchLocalRefs(parseRemoteUrl(address), branch, () => (calls += 1));
  endings.push(end);
  return end;
}

/** Waits until the last change was told and nothing more comes. */
async function told(): Promise<void> {
  await vi.waitFor(() => expect(calls).toBeGreaterThan(0), { timeout: 20_000, interval: 5 });
  calls = 0;
}

describe('the refs of a repository on this machine', () => {
  it('are told of when the first and every further push arrives', async () => {
    follow(bench.origin);
    for (const message of ['first', 'second', 'third']) {
      await bench.commit(message);
      await bench.push();
      await told();
    }
  });

  it('are told of for a branch with slashes whose directory comes, goes and comes again', async () => {
    await bench.commit('first');
    follow(`file://${bench.origin}`, 'team/mesh/live');
    await bench.push('team/mesh/live');
    await told();
    await bench.gitOrigin('pack-refs', '--all', '--prune');
    await told();
    await bench.commit('second');
    await bench.push('team/mesh/live');
    await told();
    await bench.commit('third');
    await bench.push('team/mesh/live');
    await told();
  });

  it('are told of when HEAD points elsewhere, and in a working copy', async () => {
    await bench.commit('first');
    follow(bench.work);
    await bench.git('symbolic-ref', 'HEAD', 'refs/heads/other');
    await told();
    await bench.commit('second');
    await told();
  });

  it('are told of no more once the watch has ended', async () => {
    await bench.commit('first');
    const end = follow(bench.origin);
    end();
    const other = vi.fn();
    endings.push(watchLocalRefs(parseRemoteUrl(bench.origin), undefined, other));
    await bench.push();
    await vi.waitFor(() => expect(other).toHaveBeenCalled(), { timeout: 20_000, interval: 5 });
    expect(calls).toBe(0);
  });

  it('need not be there, nor be on this machine', async () => {
    const empty = join(bench.directory, 'empty');
    await mkdir(empty);
    for (const address of [empty, join(empty, 'nowhere'), 'file:///a%2Fb', 'https://git.invalid/a.git']) {
      expect(() => follow(address)()).not.toThrow();
    }
  });
});
