import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecrets } from '@meshwright/config';
import {
  createWorkbench,
  type GitHttpServer,
  startGitHttpServer,
  type Workbench,
} from '@meshwright/git/test-support';
import type { ObserveRepositoryInput, RepositoryObservation } from '@meshwright/model';
import { createHints, type Hints } from './hints.ts';
import { awaitChange, observe, paceMs } from './observing.ts';
import { repositoriesOf, type RepositoryFinder } from './repositories.ts';
import { configOf } from './test-support.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let bench: Workbench;
let server: GitHttpServer;
let hints: Hints;

/** Waits for a condition that has no event; the machine may be busy. */
async function eventually(condition: () => unknown): Promise<void> {
  await vi.waitFor(condition, { timeout: 20_000, interval: 20 });
}

beforeEach(async () => {
  bench = await createWorkbench();
  server = await startGitHttpServer(bench.directory);
  hints = createHints();
});
afterEach(async () => {
  await server.stop();
  await bench.dispose();
});

function behindHttp(intervalMs = 20): RepositoryFinder {
  return repositoriesOf(
    configOf(bench, { url: `${server.url}origin.git`, transport: 'http', intervalMs }),
    openSecrets(),
  );
}

async function look(find: RepositoryFinder, lastCommit?: string): Promise<RepositoryObservation> {
  const input = { repository: 'patterns', ...(lastCommit === undefined ? {} : { lastCommit }) };
  return observe(find, input, new AbortController().signal);
}

async function wait(
  find: RepositoryFinder,
  input: Partial<ObserveRepositoryInput>,
  options: { signal?: AbortSignal; longestMs?: number } = {},
): Promise<RepositoryObservation> {
  const { signal = new AbortController().signal, longestMs = 60_000 } = options;
  return awaitChange({ find, hints, signal, longestMs }, { repository: 'patterns', ...input });
}

describe('one look', () => {
  it('sees a commit that was not read, and that nothing moved', async () => {
    const commit = await bench.commit('first');
    await bench.push();
    const find = repositoriesOf(configOf(bench), openSecrets());
    expect(await look(find)).toEqual({ kind: 'moved', commit });
    expect(await look(find, commit)).toEqual({ kind: 'unchanged' });
  });

  it('reads a renewed password where it is kept, without a restart', async () => {
    const login = { username: 'git', password: 'tok-renewed' };
    const guarded = await startGitHttpServer(bench.directory, login);
    try {
      const commit = await bench.commit('first');
      await bench.push();
      let password = 'tok-expired';
      const secrets = openSecrets({ kubernetes: { read: () => Promise.resolve(Buffer.from(password)) } });
      const kubernetesSecret = { target: 'local', namespace: 'mesh', name: 'git', key: 'token' };
      const find = repositoriesOf(
        configOf(bench, {
          url: `${guarded.url}origin.git`,
          transport: 'http',
          credentials: { kind: 'password', password: { kubernetesSecret } },
        }),
        secrets,
      );
      const refused = await look(find);
      expect(refused).toMatchObject({ kind: 'refused' });
      expect(JSON.stringify(refused)).not.toContain(password);
      password = login.password;
      expect(await look(find)).toEqual({ kind: 'moved', commit });
    } finally {
      await guarded.stop();
    }
  });

  it('sees that the branch is missing', async () => {
    expect(await look(repositoriesOf(configOf(bench, { branch: 'live' }), openSecrets()))).toEqual({
      kind: 'branch-missing',
      branch: 'live',
    });
  });

  it('sees a server that does not answer, one that refuses, and a URL that cannot be used', async () => {
    server.behaviour = { kind: 'status', status: 503 };
    expect(await look(behindHttp())).toMatchObject({ kind: 'unreachable' });
    server.behaviour = { kind: 'status', status: 403 };
    expect(await look(behindHttp())).toMatchObject({ kind: 'refused', remedy: expect.any(String) as string });
    expect(await look(repositoriesOf(configOf(bench, { url: 'ext::sh -c x' }), openSecrets()))).toMatchObject(
      {
        kind: 'refused',
      },
    );
  });

  it('at a repository nobody configured says which there are', async () => {
    const find = repositoriesOf(configOf(bench), openSecrets());
    const input = { repository: 'other' };
    expect(await observe(find, input, new AbortController().signal)).toMatchObject({
      kind: 'refused',
      remedy: expect.stringContaining('patterns') as string,
    });
  });
});

describe('the wait for a change', () => {
  it('ends at once when the branch has moved already', async () => {
    const commit = await bench.commit('first');
    await bench.push();
    expect(await wait(repositoriesOf(configOf(bench), openSecrets()), {})).toEqual({ kind: 'moved', commit });
  });

  it('ends when the branch moves', async () => {
    const lastCommit = await bench.commit('first');
    await bench.push();
    const waiting = wait(repositoriesOf(configOf(bench), openSecrets()), { lastCommit });
    const commit = await bench.commit('second');
    await bench.push();
    expect(await waiting).toEqual({ kind: 'moved', commit });
  });

  it('ends when the branch goes, when the server goes, and when it is back', async () => {
    const lastCommit = await bench.commit('first');
    await bench.push();
    const find = behindHttp();
    const gone = wait(find, { lastCommit });
    server.behaviour = { kind: 'status', status: 500 };
    expect(await gone).toMatchObject({ kind: 'unreachable' });
    const back = wait(find, { lastCommit, lastKind: 'unreachable' });
    const before = server.requests.length;
    await eventually(() => expect(server.requests.length).toBeGreaterThan(before + 1));
    server.behaviour = { kind: 'serve' };
    expect(await back).toEqual({ kind: 'unchanged' });
    await bench.gitOrigin('update-ref', '-d', 'refs/heads/main');
    expect(await wait(find, { lastCommit })).toMatchObject({ kind: 'branch-missing' });
  });

  it('ends after its time with what is still the case', async () => {
    const lastCommit = await bench.commit('first');
    await bench.push();
    expect(
      await wait(repositoriesOf(configOf(bench), openSecrets()), { lastCommit }, { longestMs: 50 }),
    ).toEqual({
      kind: 'unchanged',
    });
    server.behaviour = { kind: 'status', status: 500 };
    const still = await wait(behindHttp(), { lastCommit, lastKind: 'unreachable' }, { longestMs: 50 });
    expect(still).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('500') as string });
  });

  it('looks at once when a hint comes, however long the interval is', async () => {
    const lastCommit = await bench.commit('first');
    await bench.push();
    const waiting = wait(behindHttp(3_600_000), { lastCommit });
    await eventually(() => expect(server.requests.length).toBeGreaterThan(0));
    const commit = await bench.commit('second');
    await bench.push();
    hints.give('patterns');
    expect(await waiting).toEqual({ kind: 'moved', commit });
  });

  it('looks at once when a repository on this machine changes, however long the interval is', async () => {
    const lastCommit = await bench.commit('first');
    await bench.push();
    const find = repositoriesOf(configOf(bench, { intervalMs: 3_600_000 }), openSecrets());
    const waiting = wait(find, { lastCommit }, { longestMs: 3_600_000 });
    const commit = await bench.commit('second');
    await bench.push();
    expect(await waiting).toEqual({ kind: 'moved', commit });
  });

  it('looks again soon after a hint that came before the commit was there', async () => {
    const lastCommit = await bench.commit('first');
    await bench.push();
    const waiting = wait(behindHttp(3_600_000), { lastCommit });
    hints.give('patterns');
    await eventually(() => expect(server.requests.length).toBeGreaterThan(0));
    const commit = await bench.commit('second');
    await bench.push();
    expect(await waiting).toEqual({ kind: 'moved', commit });
  });

  it('ends with the reason when it is called off, during a look and between looks', async () => {
    const lastCommit = await bench.commit('first');
    await bench.push();
    for (const behaviour of [{ kind: 'silent' }, { kind: 'serve' }] as const) {
      server.behaviour = behaviour;
      const before = server.requests.length;
      const stop = new AbortController();
      const waiting = wait(behindHttp(3_600_000), { lastCommit }, { signal: stop.signal });
      waiting.catch(() => undefined);
      await eventually(() => expect(server.requests.length).toBeGreaterThan(before));
      stop.abort(new Error('called off'));
      await expect(waiting).rejects.toThrow('called off');
    }
  });
});

describe('the pace of looks', () => {
  it('is the interval, quicker after a hint', () => {
    expect(paceMs(15_000, 0, false)).toBe(15_000);
    expect(paceMs(15_000, 0, true)).toBe(2_000);
    expect(paceMs(1_000, 0, true)).toBe(1_000);
  });

  it('slows down while the server does not answer, to a minute at most, and never below the interval', () => {
    expect([1, 2, 3, 50].map((failures) => paceMs(5_000, failures, true))).toEqual([
      10_000, 20_000, 40_000, 60_000,
    ]);
    expect(paceMs(300_000, 3, false)).toBe(300_000);
  });
});
