import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecrets, type RepositoryConfig } from '@meshwright/config';
import { type EvidenceStore, openEvidence } from '@meshwright/evidence';
import { createWorkbench, type Workbench } from '@meshwright/git/test-support';
import type { ApprovalPolicy, CommitReading, KnownPattern, PatternSnapshot } from '@meshwright/model';
import { readCommit } from './reading.ts';
import { repositoriesOf } from './repositories.ts';
import { configOf, patternYaml, policyYaml } from './test-support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

let bench: Workbench;
let evidence: EvidenceStore;

beforeEach(async () => {
  bench = await createWorkbench();
  evidence = openEvidence(configOf(bench).evidence);
});
afterEach(async () => {
  await bench.dispose();
});

/** Reads a commit after those before it, as the watch does; `before` gives what is known. */
async function read(
  commit: string,
  before?: CommitReading,
  repository: Partial<RepositoryConfig> = {},
): Promise<CommitReading> {
  return readCommit(
    {
      find: repositoriesOf(configOf(bench, repository), openSecrets()),
      evidence,
      knownMeshes: ['istio'],
      knownTargets: ['local', 'second'],
      signal: new AbortController().signal,
    },
    {
      repository: 'patterns',
      commit,
      known: before === undefined ? {} : knownAfter(before),
      ...(before === undefined ? {} : { previousCommit: before.commit.id }),
    },
  );
}

function knownAfter({ rollouts }: CommitReading): Record<string, KnownPattern> {
  return Object.fromEntries(
    rollouts.map(({ input, digest }) => [input.path, { pattern: input.pattern, digest }]),
  );
}

async function commitAndPush(message: string): Promise<string> {
  const commit = await bench.commit(message);
  await bench.push();
  return commit;
}

describe('the reading of a commit', () => {
  it('asks for a rollout of every pattern at first, with its snapshot as evidence', async () => {
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    await bench.write('README.md', 'not a pattern');
    const commit = await commitAndPush('Add shop');
    const reading = await read(commit);
    expect(reading).toMatchObject({
      commit: { id: commit, author: 'Ada', subject: 'Add shop' },
      removed: [],
      renamed: [],
      unchanged: 0,
      forced: false,
      notes: [],
    });
    expect(reading.rollouts).toHaveLength(1);
    const input = reading.rollouts[0]!.input;
    expect(input).toMatchObject({
      repository: 'patterns',
      path: 'patterns/a.yaml',
      pattern: 'shop',
      diagnostics: [],
      purpose: 'apply',
      valid: {
        mesh: { type: 'istio', version: '1.31.0' },
        targets: [{ cluster: 'local' }],
        onFailure: 'rollback',
        approval: {
          required: true,
          approvers: ['user:ada'],
          quorum: 1,
          requiredGroups: [],
          betweenWaves: false,
          expiresAfterSeconds: 86_400,
        },
      },
    });
    const snapshot = await evidence.getJson<PatternSnapshot>(input.valid!.snapshot);
    expect(snapshot).toMatchObject({ path: '', pattern: { metadata: { name: 'shop' } } });
    expect(input.valid!.snapshot).toBe(reading.rollouts[0]!.digest);
  });

  it('asks for nothing when no pattern changed, and for one when a file it refers to did', async () => {
    const withRoutes = `${patternYaml('shop')}  resources: [native/*.yaml]\n`;
    const resource =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: shop\ndata: { a: "1" }\n';
    await bench.write('patterns/a.yaml', withRoutes);
    await bench.write('patterns/b.yaml', patternYaml('other', 'second'));
    await bench.write('native/a.yaml', resource);
    const first = await read(await commitAndPush('Add shop'));
    expect(first.rollouts.map(({ input }) => input.diagnostics)).toEqual([[], []]);
    await bench.write('README.md', 'more');
    const second = await read(await commitAndPush('Add a page'), first);
    expect(second.rollouts).toEqual([]);
    await bench.write('native/a.yaml', resource.replace('"1"', '"2"'));
    const third = await read(await commitAndPush('Change a resource'), first);
    expect(third.rollouts.map(({ input }) => input.path)).toEqual(['patterns/a.yaml']);
  });

  it('tells removed from moved files, and a moved one is no change in the commit after it either', async () => {
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    const first = await read(await commitAndPush('Add'));
    await bench.git('mv', 'patterns/a.yaml', 'patterns/moved.yaml');
    const moved = await read(await commitAndPush('Move'), first);
    expect(moved).toMatchObject({
      rollouts: [],
      removed: [],
      renamed: [{ from: 'patterns/a.yaml', to: 'patterns/moved.yaml', pattern: 'shop' }],
    });
    const known = knownAfter(first)['patterns/a.yaml']!;
    const atNewPath = await readCommit(
      {
        find: repositoriesOf(configOf(bench), openSecrets()),
        evidence,
        knownMeshes: ['istio'],
        knownTargets: ['local', 'second'],
        signal: new AbortController().signal,
      },
      { repository: 'patterns', commit: moved.commit.id, known: { 'patterns/moved.yaml': known } },
    );
    expect(atNewPath).toMatchObject({ rollouts: [], unchanged: 1 });
    await bench.git('rm', '--quiet', 'patterns/moved.yaml');
    const removed = await read(await commitAndPush('Remove'), first);
    expect(removed).toMatchObject({
      removed: [{ path: 'patterns/a.yaml', pattern: 'shop', rollout: { purpose: 'uninstall' } }],
      renamed: [],
    });
  });

  it('asks to uninstall a valid pattern whose file is gone, as it was read last', async () => {
    await bench.write('patterns/a.yaml', `${patternYaml('shop')}  change: { onFailure: stop }\n`);
    await bench.write('patterns/b.yaml', patternYaml('other', 'second'));
    const first = await read(await commitAndPush('Add'));
    await bench.git('rm', '--quiet', 'patterns/a.yaml');
    const commit = await commitAndPush('Remove the shop');
    const { removed, rollouts, notes } = await read(commit, first);
    expect(rollouts).toEqual([]);
    expect(notes).toEqual([]);
    const installed = first.rollouts.find(({ input }) => input.pattern === 'shop')!.input;
    expect(installed.valid?.onFailure).toBe('stop');
    expect(removed).toEqual([
      {
        path: 'patterns/a.yaml',
        pattern: 'shop',
        rollout: {
          repository: 'patterns',
          commit: expect.objectContaining({ id: commit, subject: 'Remove the shop' }) as object,
          path: 'patterns/a.yaml',
          pattern: 'shop',
          diagnostics: [],
          purpose: 'uninstall',
          valid: installed.valid,
        },
      },
    ]);
  });

  it('only notes the end of a file that was invalid, or whose snapshot is gone from evidence', async () => {
    await bench.write('patterns/bad.yaml', patternYaml('bad').replace('mesh:', 'mush:'));
    await bench.write('patterns/shop.yaml', patternYaml('shop'));
    const first = await read(await commitAndPush('Add'));
    await rm(configOf(bench).evidence.directory, { recursive: true });
    await bench.git('rm', '--quiet', '-r', 'patterns');
    const { removed, notes } = await read(await commitAndPush('Remove'), first);
    expect(removed).toEqual([
      { path: 'patterns/bad.yaml', pattern: 'patterns.bad.yaml' },
      { path: 'patterns/shop.yaml', pattern: 'shop' },
    ]);
    expect(notes).toEqual([
      expect.stringContaining('patterns/bad.yaml: it was invalid'),
      expect.stringContaining('meshwright uninstall shop'),
    ]);
  });

  it('does not uninstall a pattern that may only have moved', async () => {
    const changed = patternYaml('shop').replace('1.31.0', '1.31.1');
    const cases = [
      { path: 'patterns/moved.yaml', text: changed, note: undefined },
      {
        path: 'patterns/broken.yaml',
        text: changed.replace('mesh:', 'mush:'),
        note: 'is in patterns/broken',
      },
      { path: 'patterns/unreadable.yaml', text: 'a: [', note: 'may hold pattern shop' },
      { path: 'patterns/other.yaml', text: changed, note: 'is in patterns/other.yaml' },
    ];
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    await bench.write('patterns/other.yaml', patternYaml('other', 'second'));
    const first = await read(await commitAndPush('Add'));
    for (const { path, text, note } of cases) {
      await bench.git('reset', '--quiet', '--hard', first.commit.id);
      await bench.git('rm', '--quiet', 'patterns/a.yaml');
      await bench.write(path, text);
      const { removed, notes } = await read(await commitAndPush(`Move to ${path}`), first);
      expect(
        removed.filter(({ rollout }) => rollout !== undefined),
        path,
      ).toEqual([]);
      if (note !== undefined) expect(notes, path).toContainEqual(expect.stringContaining(note));
    }
  });

  it('says what stays when a pattern gets another name', async () => {
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    const first = await read(await commitAndPush('Add'));
    await bench.write('patterns/a.yaml', patternYaml('store'));
    const { rollouts, notes } = await read(await commitAndPush('Rename'), first);
    expect(rollouts.map(({ input }) => input.pattern)).toEqual(['store']);
    expect(notes).toEqual([expect.stringContaining('meshwright uninstall shop')]);
  });

  it('has the policy file as evidence, the same for the same rules', async () => {
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    await bench.write('approvals.yaml', policyYaml());
    const first = await read(await commitAndPush('Add'));
    expect(first.policy).toMatchObject({ path: 'approvals.yaml', diagnostics: [] });
    expect(await evidence.getJson<ApprovalPolicy>(first.policy.policy!)).toMatchObject({
      people: [{ name: 'ada', accounts: [{ service: 'chat', id: 'U-ada' }] }, { name: 'bob' }],
    });
    await bench.write('approvals.yaml', `# the same\n${policyYaml()}`);
    const second = await read(await commitAndPush('Say more'), first);
    expect(second.policy).toEqual(first.policy);
    await bench.git('mv', 'approvals.yaml', 'who.yaml');
    const third = await read(await commitAndPush('Move it'), first, { approvals: 'who.yaml' });
    expect(third.policy).toEqual({ ...first.policy, path: 'who.yaml' });
    expect((await read(third.commit.id, first)).policy).toEqual({ path: 'approvals.yaml', diagnostics: [] });
  });

  it('says what is wrong with the policy file, and reads the patterns all the same', async () => {
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    await bench.link('approvals.yaml', '../../../etc/passwd');
    const { policy, rollouts } = await read(await commitAndPush('Link'));
    expect(policy.policy).toBeUndefined();
    expect(policy.diagnostics).toMatchObject([{ severity: 'error', file: 'approvals.yaml' }]);
    expect(rollouts).toHaveLength(1);
  });

  it('does not take the policy file for a pattern', async () => {
    await bench.write('approvals.yaml', policyYaml());
    await bench.write('shop.yaml', patternYaml('shop'));
    const { rollouts } = await read(await commitAndPush('All at the root'), undefined, { directory: '.' });
    expect(rollouts.map(({ input }) => input.path)).toEqual(['shop.yaml']);
  });

  it('names the forge and the chats of the repository, also in its rollouts', async () => {
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    const commit = await commitAndPush('Add');
    const told = { forge: { name: 'gitea', project: 'acme/patterns' }, chats: ['slack', 'audit'] };
    const first = await read(commit, undefined, told);
    expect(first.channels).toEqual(['audit', 'gitea', 'slack']);
    expect(first.rollouts[0]?.input.channels).toEqual(['audit', 'gitea', 'slack']);
    const silent = await read(commit);
    expect(silent.channels).toEqual([]);
    expect(silent.rollouts[0]?.input).not.toHaveProperty('channels');
    await bench.git('rm', '--quiet', 'patterns/a.yaml');
    const { removed } = await read(await commitAndPush('Remove'), first, told);
    expect(removed[0]?.rollout?.channels).toEqual(['audit', 'gitea', 'slack']);
  });

  it('names everybody who has a part in the commits since the one that was read before', async () => {
    const first = await read(await commitAndPush('Begin'));
    await bench.commit('By Bob', '--author=Bob <bob@example.com>');
    const second = await read(await commitAndPush('By Ada'), first);
    expect(second.commit.contributors).toEqual([
      { name: 'Ada', email: 'ada@example.com' },
      { name: 'Bob', email: 'bob@example.com' },
    ]);
  });

  it('gives an invalid file a rollout that says what is wrong, beside the valid ones', async () => {
    await bench.write('patterns/bad.yaml', patternYaml('bad').replace('mesh:', 'mush:'));
    await bench.write('patterns/good.yaml', patternYaml('good'));
    const reading = await read(await commitAndPush('One bad'));
    const inputs = new Map(reading.rollouts.map(({ input }) => [input.path, input]));
    expect(inputs.get('patterns/bad.yaml')).toMatchObject({ pattern: 'patterns.bad.yaml' });
    expect(inputs.get('patterns/bad.yaml')?.valid).toBeUndefined();
    expect(inputs.get('patterns/bad.yaml')?.diagnostics.length).toBeGreaterThan(0);
    expect(inputs.get('patterns/good.yaml')?.valid).toBeDefined();
    const again = await read(await commitAndPush('Still bad'), reading);
    expect(again.rollouts).toEqual([]);
  });

  it('tells a rewritten branch from a continued one', async () => {
    await bench.commit('root');
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    const first = await read(await commitAndPush('Add'));
    const second = await read(await commitAndPush('More'), first);
    expect(second.forced).toBe(false);
    await bench.git('reset', '--quiet', '--hard', 'HEAD~2');
    await bench.write('patterns/b.yaml', patternYaml('other'));
    const third = await read(await commitAndPush('Rewritten'), second);
    expect(third.forced).toBe(true);
  });

  it('says that submodules are not followed', async () => {
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    await bench.commit('Add');
    await bench.git('update-index', '--add', '--cacheinfo', `160000,${'3'.repeat(40)},vendor`);
    await bench.git('commit', '--quiet', '--message', 'Add a submodule');
    await bench.push();
    const reading = await read(await bench.git('rev-parse', 'HEAD'));
    expect(reading.notes).toEqual([expect.stringContaining('vendor')]);
    expect(reading.rollouts).toHaveLength(1);
  });

  it('says that a file is only a Git LFS pointer', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 123\n`;
    await bench.write('patterns/a.yaml', pointer);
    const reading = await read(await commitAndPush('Add a pointer'));
    expect(JSON.stringify(reading.rollouts[0]?.input.diagnostics)).toContain('Git LFS');
  });

  it('refuses more changed patterns than one reading holds', async () => {
    for (let index = 0; index <= 500; index += 1) {
      await bench.write(`patterns/${index}.yaml`, 'kind: Pattern\n');
    }
    await expect(read(await commitAndPush('Many'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('501') as string,
    });
  });

  it('fails so that it can be tried again when the server is away, and for good when the commit is gone', async () => {
    const commit = await commitAndPush('first');
    await expect(read('1'.repeat(40))).rejects.toMatchObject({ code: 'COMMIT_MISSING', retryable: false });
    const away = { url: 'http://127.0.0.1:9/x.git', transport: 'http' as const };
    await expect(read(commit, undefined, away)).rejects.toMatchObject({
      code: 'REPOSITORY_UNREACHABLE',
      retryable: true,
    });
  });

  it('believes nothing of a commit whose signature is required and not good', async () => {
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-C',
      'ada',
      '-f',
      join(bench.directory, 'ada'),
    ]);
    const allowedSignersFile = join(bench.directory, 'allowed');
    await writeFile(
      allowedSignersFile,
      `ada@example.com ${await readFile(join(bench.directory, 'ada.pub'), 'utf8')}`,
    );
    const signed = { signatures: { required: true, allowedSignersFile } };
    await bench.write('patterns/a.yaml', patternYaml('shop'));
    const unsigned = await commitAndPush('unsigned');
    await expect(read(unsigned, undefined, signed)).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
    await bench.git('config', 'gpg.format', 'ssh');
    const commit = await bench.commit('signed', `--gpg-sign=${join(bench.directory, 'ada')}`);
    await bench.push();
    expect((await read(commit, undefined, signed)).rollouts).toHaveLength(1);
    const optional = { signatures: { required: false, allowedSignersFile } };
    expect((await read(unsigned, undefined, optional)).rollouts).toHaveLength(1);
  });
});
