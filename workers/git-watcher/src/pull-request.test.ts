import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecrets, type RepositoryConfig } from '@meshwright/config';
import { type EvidenceStore, openEvidence } from '@meshwright/evidence';
import { createWorkbench, type Workbench } from '@meshwright/git/test-support';
import type { PatternSnapshot, PullRequestReading } from '@meshwright/model';
import { readPullRequestHead } from './pull-request.ts';
import { readCommit } from './reading.ts';
import { repositoriesOf } from './repositories.ts';
import { configOf, patternYaml, policyYaml } from './test-support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const ref = 'refs/pull/3/head';
let bench: Workbench;
let evidence: EvidenceStore;

beforeEach(async () => {
  bench = await createWorkbench();
  evidence = openEvidence(configOf(bench).evidence);
  await bench.write('patterns/shop.yaml', patternYaml('shop'));
  await bench.write('patterns/other.yaml', patternYaml('other', 'second'));
  await commitToMain('Begin');
});
afterEach(async () => {
  await bench.dispose();
});

async function commitToMain(message: string): Promise<string> {
  const commit = await bench.commit(message);
  await bench.push();
  return commit;
}

/** Commits on top of main as Bob does, as the pull request's head; the working copy is on main again. */
async function propose(change: () => Promise<unknown>): Promise<string> {
  await bench.git('switch', '--quiet', '--detach', 'main');
  await change();
  const head = await bench.commit('Propose', '--author=Bob <bob@example.com>');
  await bench.git('push', '--quiet', '--force', bench.origin, `HEAD:${ref}`);
  await bench.git('switch', '--quiet', 'main');
  return head;
}

function options(repository: Partial<RepositoryConfig> = {}) {
  return {
    find: repositoriesOf(configOf(bench, repository), openSecrets()),
    evidence,
    knownMeshes: ['istio'],
    knownTargets: ['local', 'second'],
    signal: new AbortController().signal,
  };
}

async function read(commit: string, repository?: Partial<RepositoryConfig>): Promise<PullRequestReading> {
  return readPullRequestHead(options(repository), { repository: 'patterns', ref, commit });
}

const upgraded = patternYaml('shop').replace('1.31.0', '1.31.1');

describe('the reading of a pull request', () => {
  it('gives a rollout of each pattern that differs, with its snapshot as evidence', async () => {
    const head = await propose(() => bench.write('patterns/shop.yaml', upgraded));
    const { commit, rollouts, notes } = await read(head);
    expect(notes).toEqual([]);
    expect(commit).toMatchObject({ id: head, author: 'Bob' });
    expect(rollouts).toMatchObject([
      { pattern: 'shop', path: 'patterns/shop.yaml', purpose: 'apply', commit: { id: head } },
    ]);
    const snapshot = await evidence.getJson<PatternSnapshot>(rollouts[0]!.valid!.snapshot);
    expect(snapshot.pattern.spec.mesh.version).toBe('1.31.1');
  });

  it('gives what its merge gives, so that what was planned for it is what is rolled out', async () => {
    const head = await propose(() => bench.write('patterns/shop.yaml', upgraded));
    const { rollouts } = await read(head);
    await bench.git('merge', '--quiet', '--no-ff', '--message', 'Merge', head);
    await bench.push();
    const merged = await readCommit(options(), {
      repository: 'patterns',
      commit: await bench.git('rev-parse', 'HEAD'),
      known: {},
    });
    const shop = merged.rollouts.find(({ input }) => input.pattern === 'shop');
    expect(shop?.input.valid?.snapshot).toBe(rollouts[0]?.valid?.snapshot);
  });

  it('does not take for a change of it what the branch has gained meanwhile', async () => {
    const head = await propose(() => bench.write('patterns/shop.yaml', upgraded));
    await bench.write('patterns/other.yaml', patternYaml('other', 'second').replace('1.31.0', '1.30.0'));
    await commitToMain('Meanwhile');
    const { rollouts, notes } = await read(head);
    expect(rollouts.map(({ pattern }) => pattern)).toEqual(['shop']);
    expect(notes).toEqual([]);
  });

  it('names everybody whose commits it brings', async () => {
    await propose(() => bench.write('patterns/shop.yaml', upgraded));
    const head = await bench.commit('not on it');
    await bench.git('push', '--quiet', '--force', bench.origin, `HEAD:${ref}`);
    const { commit } = await read(head);
    expect(commit.contributors).toEqual([{ name: 'Ada', email: 'ada@example.com' }]);
  });

  it('says what goes and moves', async () => {
    const head = await propose(async () => {
      await bench.git('rm', '--quiet', 'patterns/other.yaml');
      await bench.git('mv', 'patterns/shop.yaml', 'patterns/store.yaml');
    });
    expect(await read(head)).toMatchObject({
      rollouts: [],
      notes: [
        expect.stringContaining('patterns/other.yaml goes'),
        'Pattern shop moves from patterns/shop.yaml to patterns/store.yaml.',
      ],
    });
  });

  it('gives an invalid pattern with what is wrong', async () => {
    const head = await propose(() => bench.write('patterns/shop.yaml', upgraded.replace('mesh:', 'mush:')));
    const [rollout] = (await read(head)).rollouts;
    expect(rollout?.valid).toBeUndefined();
    expect(rollout?.diagnostics[0]).toMatchObject({ file: 'patterns/shop.yaml', severity: 'error' });
  });

  it('says that the policy file changes, goes or is not valid', async () => {
    const changed = await propose(() => bench.write('approvals.yaml', policyYaml()));
    expect((await read(changed)).notes).toEqual([expect.stringContaining('approvals.yaml is new')]);
    await bench.write('approvals.yaml', policyYaml());
    await commitToMain('Add the policy');
    const alike = await propose(() => bench.write('approvals.yaml', `# the same\n${policyYaml()}`));
    expect((await read(alike)).notes).toEqual([]);
    const more = await propose(() => bench.write('approvals.yaml', policyYaml('eve')));
    expect((await read(more)).notes).toEqual([expect.stringContaining('approvals.yaml changes')]);
    const wrong = await propose(() =>
      bench.write('approvals.yaml', policyYaml().replace('accounts', 'acounts')),
    );
    expect((await read(wrong)).notes).toEqual([expect.stringContaining('Did you mean "accounts"?')]);
    const gone = await propose(() => bench.git('rm', '--quiet', 'approvals.yaml'));
    expect((await read(gone)).notes).toEqual([expect.stringContaining('approvals.yaml goes')]);
  });

  it('plans nothing where it cannot be merged, and says why', async () => {
    const head = await propose(() => bench.write('patterns/shop.yaml', upgraded));
    await bench.write('patterns/shop.yaml', patternYaml('shop').replace('1.31.0', '1.32.0'));
    await commitToMain('Meanwhile');
    expect(await read(head)).toMatchObject({
      rollouts: [],
      notes: [expect.stringContaining('both changed the same lines of "patterns/shop.yaml"')],
    });
  });

  it('believes nothing of a head whose signature is required and missing', async () => {
    const head = await propose(() => bench.write('patterns/shop.yaml', upgraded));
    const signed = { signatures: { required: true, allowedSignersFile: '/nowhere' } };
    await expect(read(head, signed)).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
  });

  it('refuses a ref that is none before Git sees it', async () => {
    const input = { repository: 'patterns', ref: '--upload-pack=touch', commit: '1'.repeat(40) };
    await expect(readPullRequestHead(options(), input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
