import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecrets, type RepositoryConfig } from '@meshwright/config';
import { createWorkbench, startGitHttpServer, type Workbench } from '@meshwright/git/test-support';
import type { OfferRevertInput, RevertOffer } from '@meshwright/model';
import { repositoriesOf } from './repositories.ts';
import { offerRevert } from './reverting.ts';
import { configOf, patternYaml } from './test-support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

let bench: Workbench;

beforeEach(async () => {
  bench = await createWorkbench();
  await bench.write('patterns/shop.yaml', patternYaml('shop'));
  await bench.commit('Add the shop');
});
afterEach(async () => {
  await bench.dispose();
});

async function offer(
  input: Pick<OfferRevertInput, 'commit'> & Partial<OfferRevertInput>,
  repository: Partial<RepositoryConfig> = {},
): Promise<RevertOffer> {
  return offerRevert(
    {
      find: repositoriesOf(configOf(bench, repository), openSecrets()),
      knownMeshes: ['istio'],
      knownTargets: ['local', 'second'],
      signal: new AbortController().signal,
    },
    { repository: 'patterns', pattern: 'shop', reason: 'istiod did not become ready', ...input },
  );
}

async function upgrade(version = '1.31.1', message = 'Upgrade the shop'): Promise<string> {
  await bench.write('patterns/shop.yaml', patternYaml('shop').replace('1.31.0', version));
  return bench.commit(message);
}

function branchOf(commit: string): string {
  return `meshwright/revert-shop-${commit.slice(0, 12)}`;
}

describe('a revert that is offered', () => {
  it('is a branch on top of the watched one, with the reason', async () => {
    const commit = await upgrade();
    await bench.write('README.md', 'later');
    const tip = await bench.commit('Add a page');
    await bench.push();
    const reason = `istiod did not\nbecome ready: ${'pod pending '.repeat(20)}\u202e`;
    const branch = branchOf(commit);
    expect(await offer({ commit, reason })).toEqual({ branch });
    expect(await bench.gitOrigin('log', '-1', '--format=%an|%P', branch)).toBe(`Meshwright|${tip}`);
    const message = await bench.gitOrigin('log', '-1', '--format=%B', branch);
    expect(message).toMatch(
      new RegExp(
        `^Revert "Upgrade the shop"\n\nThis reverts commit ${commit}.\n\nistiod did not become ready: (?:pod|pending|\\s)+`,
      ),
    );
    expect(message).toContain(`Meshwright-Rollout: rollout:shop@${commit.slice(0, 12)}`);
    expect(message).not.toMatch(/.{101}|\u202e/);
    expect(await bench.gitOrigin('diff', '--name-only', tip, branch)).toBe('patterns/shop.yaml');
    expect(await bench.gitOrigin('show', `${branch}:patterns/shop.yaml`)).toContain('1.31.0');
  });

  it('is the same branch however often it is asked for', async () => {
    const commit = await upgrade();
    await bench.push();
    expect(await offer({ commit })).toEqual({ branch: branchOf(commit) });
    const first = await bench.gitOrigin('rev-parse', branchOf(commit));
    expect(await offer({ commit, reason: 'another' })).toEqual({ branch: branchOf(commit) });
    expect(await bench.gitOrigin('rev-parse', branchOf(commit))).toBe(first);
  });

  it('is of a commit that changed what the pattern refers to, too', async () => {
    const resource =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {a: "1"}\n';
    await bench.write('patterns/shop.yaml', `${patternYaml('shop')}  resources: [native/*.yaml]\n`);
    await bench.write('native/a.yaml', resource);
    await bench.commit('Add a resource');
    await bench.write('native/a.yaml', resource.replace('"1"', '"2"'));
    const commit = await bench.commit('Change the resource');
    await bench.push();
    expect(await offer({ commit })).toEqual({ branch: branchOf(commit) });
  });
});

describe('why none is offered', () => {
  async function refusal(
    input: Parameters<typeof offer>[0],
    repository: Partial<RepositoryConfig> = {},
  ): Promise<string> {
    const result = await offer(input, repository);
    if ('branch' in result) throw new Error(`${result.branch} was pushed`);
    return result.refused;
  }

  it('is that the configuration says so', async () => {
    const commit = await upgrade();
    await bench.push();
    expect(await refusal({ commit }, { offerReverts: false })).toContain('offerReverts is off');
    expect(await bench.gitOrigin('branch', '--list', 'meshwright/*')).toBe('');
  });

  it('is that it would conflict, with the command that does it by hand', async () => {
    const commit = await upgrade();
    await upgrade('1.31.2', 'Upgrade again');
    await bench.push();
    expect(await refusal({ commit })).toMatch(
      new RegExp(
        `later commits changed.*patterns/shop.yaml.*git switch --create ${branchOf(commit)} origin/main && git revert ${commit}`,
      ),
    );
  });

  it('is that the commit itself changed nothing of the pattern', async () => {
    await upgrade();
    await bench.write('README.md', 'later');
    const commit = await bench.commit('Add a page');
    await bench.push();
    expect(await refusal({ commit })).toContain('an earlier commit changed it');
  });

  it('is that the commit, the branch or the repository is not there', async () => {
    const commit = await upgrade();
    await bench.push();
    expect(await refusal({ commit: '1'.repeat(40) })).toContain('does not have the commit');
    expect(await refusal({ commit }, { branch: 'live' })).toContain('Branch live does not exist');
    expect(await refusal({ commit, repository: 'other' })).toContain('No repository is called "other"');
  });

  it('is that the server does not take it, with the command that does it by hand', async () => {
    const server = await startGitHttpServer(bench.directory);
    try {
      const commit = await upgrade();
      await bench.push();
      const reading = { url: `${server.url}origin.git`, transport: 'http' } as const;
      expect(await refusal({ commit }, reading)).toMatch(
        new RegExp(`does not take the push.*git push origin ${branchOf(commit)}`),
      );
    } finally {
      await server.stop();
    }
  });

  it('is not that the server is away: then it is tried again', async () => {
    const commit = await upgrade();
    const away = { url: 'http://127.0.0.1:9/x.git', transport: 'http' } as const;
    await expect(offer({ commit }, away)).rejects.toMatchObject({
      code: 'REPOSITORY_UNREACHABLE',
      retryable: true,
    });
  });
});
