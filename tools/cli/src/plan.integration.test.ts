import { MeshwrightError, type Plan } from '@meshwright/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Engine, snapshotOf, startEngine, storePlan, unreachable } from './test-support/engine.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.world.targets.reset();
  engine.world.targets.behaviour.planChange = (input) => storePlan(engine.evidence, input);
});

describe('plan', () => {
  it('plans the files of the directory as they are and shows what would change', async () => {
    const { code, out, err } = await engine.run(['plan']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('checkout-mesh on local: upgrade istio 1.30.2 → 1.31.0 (sidecar)');
    expect(out).toContain('repository patterns');
    expect(out).toContain('~ Deployment istio-system/istiod');
    expect(out).toMatch(/1 to create, 1 to update, 1 to delete\.\n$/);
  });

  it('gives programs the whole plan, made of the snapshot that a commit of the directory would have', async () => {
    const { code, out } = await engine.run(['plan', 'checkout-mesh', '--cluster', 'local', '--json']);
    expect(code).toBe(0);
    const [named] = JSON.parse(out) as { digest: string; plan: Plan }[];
    const snapshot = await snapshotOf(engine, named!.plan);
    expect(snapshot.pattern.metadata.name).toBe('checkout-mesh');
    expect(snapshot.path).toBe('');
  });

  it('prints Markdown for a pull request', async () => {
    const { out } = await engine.run(['plan', '--markdown']);
    expect(out).toContain('### Plan: `checkout-mesh` on `local`');
  });

  it('refuses what there is no pattern or target for, before anything is started', async () => {
    expect(await engine.run(['plan', 'other'])).toMatchObject({ code: 2 });
    expect(await engine.run(['plan', '--cluster', 'other'])).toMatchObject({ code: 2 });
    expect(await engine.run(['plan', '--repository', 'other'])).toMatchObject({ code: 2 });
    expect(engine.world.targets.calls).toEqual([]);
  });

  it('says what the plan failed with, and what to do', async () => {
    engine.world.targets.behaviour.planChange = () => {
      throw new MeshwrightError('FOREIGN_INSTALLATION', 'helm keeps an Istio there.', {
        remedy: 'Adopt it.',
      });
    };
    const { code, err } = await engine.run(['plan']);
    expect(code).toBe(1);
    expect(err).toContain('error: helm keeps an Istio there.\n');
    expect(err).toContain('remedy: Adopt it.\n');
  });

  it('says what it waited for when the time is over', async () => {
    engine.world.targets.behaviour.planChange = () => {
      throw unreachable();
    };
    const { code, err } = await engine.run(['plan', '--timeout', '3']);
    expect(code).toBe(1);
    expect(err).toContain('error: The cluster "local" cannot be reached');
    expect(err).toContain('remedy: Check that the API server runs.');
  });
});

describe('render', () => {
  it('prints the manifests of the plan as YAML', async () => {
    const { code, out } = await engine.run(['render', 'checkout-mesh']);
    expect(code).toBe(0);
    const documents = parseAllDocuments(out).map((document) => (document as { toJS(): unknown }).toJS());
    expect(documents).toContainEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: { mesh: 'a: 1\n' },
    });
  });
});
