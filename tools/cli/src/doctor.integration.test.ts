import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CheckResult } from './doctor/run.ts';
import { type Engine, startEngine } from './test-support/engine.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of an administrator's kubeconfig, of the API server that vitest's global set-up has started. */
    kubeconfig: string;
  }
}

let engine: Engine;

beforeAll(async () => {
  const kubeconfig = process.env.MESHWRIGHT_TEST_KUBECONFIG ?? inject('kubeconfig');
  engine = await startEngine({ kubeconfig, targets: ['nowhere'] });
  const repository = join(engine.directory, 'repository');
  await mkdir(repository);
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git(
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@example.org',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    'one',
  );
});
afterAll(() => engine.stop());

async function diagnose(): Promise<{ code: number; byName: Map<string, CheckResult> }> {
  const { code, out } = await engine.run(['doctor', '--json']);
  return { code, byName: new Map((JSON.parse(out) as CheckResult[]).map((result) => [result.name, result])) };
}

describe('doctor', () => {
  it('finds what works, and names the queue that nobody polls with its remedy', async () => {
    const { code, byName } = await diagnose();
    expect(code).toBe(1);
    for (const name of [
      'temporal',
      'search attributes',
      'queue orchestrator',
      'queue git',
      'queue cluster:local',
    ]) {
      expect(byName.get(name), name).toMatchObject({ state: 'ok' });
    }
    expect(byName.get('target local')).toMatchObject({
      state: 'ok',
      message: expect.stringMatching(/v1\.\d+/) as string,
    });
    expect(byName.get('repository patterns')?.message).toMatch(/^branch main is at [0-9a-f]{12}$/);
    expect(byName.get('evidence')).toMatchObject({ state: 'ok' });
    expect(byName.get('queue cluster:nowhere')).toMatchObject({
      state: 'failed',
      details: { remedy: expect.stringContaining('Start a cluster agent for nowhere') as string },
    });
  });

  it('lays everything out for a person', async () => {
    const { out } = await engine.run(['doctor']);
    expect(out).toMatch(/^ok {7}temporal +127\.0\.0\.1:/m);
    expect(out).toMatch(/^failed {3}queue cluster:nowhere +No worker polls/m);
    expect(out).toMatch(/checks? of \d+ failed\.\n$/);
  });

  it('says what is wrong with each of several parts at once, Temporal among them', async () => {
    const path = join(engine.directory, 'meshwright.yaml');
    const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, object>;
    const broken = {
      ...config,
      temporal: { address: '127.0.0.1:1', namespace: 'default' },
      targets: [{ name: 'local', kubeconfig: join(engine.directory, 'missing') }],
      repositories: [{ name: 'patterns', url: join(engine.directory, 'missing') }],
    };
    await writeFile(join(engine.directory, 'broken.yaml'), JSON.stringify(broken));
    const { code, out } = await engine.run(['doctor', '--json', '--config', 'broken.yaml']);
    await rm(join(engine.directory, 'broken.yaml'));
    expect(code).toBe(1);
    const results = JSON.parse(out) as CheckResult[];
    for (const name of ['temporal', 'target local', 'repository patterns']) {
      const result = results.find((candidate) => candidate.name === name);
      expect(result, name).toMatchObject({ state: 'failed' });
      expect(result?.details.remedy, name).toBeDefined();
    }
  });
});

describe('targets', () => {
  it('lists the configured clusters with their versions', async () => {
    const { code, out } = await engine.run(['targets']);
    expect(code).toBe(0);
    expect(out).toMatch(/^local +reachable +v1\.\d+/m);
  });
});

describe('plan without a worker', () => {
  it('names the task queue that nobody polls instead of waiting', async () => {
    await writeFile(
      join(engine.directory, 'patterns/other.yaml'),
      (await pattern())
        .replace('cluster: local', 'cluster: nowhere')
        .replace('name: checkout-mesh', 'name: other'),
    );
    const { code, err } = await engine.run(['plan', 'other']);
    await rm(join(engine.directory, 'patterns/other.yaml'));
    expect(code).toBe(1);
    expect(err).toContain('No worker polls the task queue cluster:nowhere');
    expect(err).toContain('remedy: Start a cluster agent for nowhere');
  });
});

function pattern(): Promise<string> {
  return readFile(join(engine.directory, 'patterns/checkout-mesh.yaml'), 'utf8');
}
