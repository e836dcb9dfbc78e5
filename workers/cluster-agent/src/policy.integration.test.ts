import { digestOfJson } from '@meshwright/evidence';
import type { ChangePolicy, Plan } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench, type PlanParts } from './test-support/bench.ts';
import { configMap, deployment, meshSpec } from './test-support/small-mesh.ts';

let bench: Bench;
let shop: string;

beforeEach(async () => {
  bench = await openBench();
  shop = `${bench.namespace}-shop`;
});

function parts(data: Record<string, string> = { a: '1' }): PlanParts {
  return {
    workloads: [{ namespace: shop, enroll: true, objects: [] }],
    resources: [configMap(shop, 'native', data)],
  };
}

function withPolicy(policy: Partial<ChangePolicy>, content = parts()): PlanParts {
  const change = { onFailure: 'rollback', conflicts: 'refuse', deleteBudget: 50, restartsAtOnce: 5 } as const;
  return { ...content, spec: { change: { ...change, ...policy } } };
}

const native = () => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: shop, name: 'native' });

async function install(content = parts()): Promise<void> {
  await bench.plan(content);
  await bench.carryOut();
  await bench.conclude('kept');
}

describe('a plan', () => {
  it('is the same from another commit that asks for the same, before and after it was carried out', async () => {
    const plans = [];
    for (const content of [parts(), parts({ a: '2' })]) {
      for (const commit of ['c'.repeat(40), 'd'.repeat(40)]) {
        plans.push(digestOfJson(await bench.plan({ ...content, input: { commit } })));
      }
      await bench.carryOut();
      await bench.conclude('kept');
    }
    const [first, second, third, fourth] = plans;
    expect(second).toBe(first);
    expect(fourth).toBe(third);
    expect(third).not.toBe(first);
  });
});

describe('a commit that was rolled back', () => {
  const hold = { commit: 'c'.repeat(40), reason: 'Stage "tag" failed: it is a test.' };

  it('is not planned again by itself, and the refusal says when and why it was rolled back, and what to do', async () => {
    await bench.plan(parts());
    await bench.conclude('rolled-back', hold);
    await expect(bench.plan(parts())).rejects.toMatchObject({
      code: 'HELD',
      message: `Commit cccccccccccc of ${bench.namespace} was rolled back on test at 1970-01-01T00:00:01.000Z and is held: ${hold.reason}`,
      details: {
        remedy: expect.stringContaining(`meshwright retry rollout:${bench.namespace}@cccccccccccc`) as string,
      },
    });
  });

  it('is planned when a person asks for it, and another commit is planned anyway', async () => {
    await bench.plan(parts());
    await bench.conclude('rolled-back', hold);
    expect((await bench.plan({ ...parts(), input: { despiteHold: true } })).action).toBe('install');
    expect((await bench.plan({ ...parts(), input: { commit: 'd'.repeat(40) } })).action).toBe('install');
  });

  it('is held no longer once it was kept', async () => {
    await bench.plan({ ...parts(), input: { despiteHold: true } });
    await bench.conclude('rolled-back', hold);
    await bench.carryOut();
    await bench.conclude('kept');
    expect((await bench.plan(parts())).action).toBe('none');
  });
});

describe('drift', () => {
  const drift = () =>
    bench.cluster.apply(
      { ...configMap(shop, 'native', { a: 'theirs' }) },
      { fieldManager: 'somebody', force: true },
    );

  it('is refused with its owner, or shown as such where fields may be taken', async () => {
    await install();
    await drift();
    await expect(bench.plan(parts())).rejects.toMatchObject({
      code: 'FIELD_CONFLICT',
      details: {
        lines: [`ConfigMap ${shop}/native .data.a: live "theirs", desired "1", owned by somebody`],
        remedy: expect.stringContaining('spec.change.conflicts: take') as string,
      },
    });
    const plan = await bench.plan(withPolicy({ conflicts: 'take' }));
    const change = plan.stages.find(({ id }) => id === 'configuration')?.changes[0];
    expect(change?.fields).toEqual([
      { path: '/data/a', before: 'theirs', after: '1', driftedBy: ['somebody'] },
    ]);
    expect(plan.force).toBe(true);
  });

  it('comes back when the change is taken back', async () => {
    await install();
    await drift();
    await bench.plan(withPolicy({ conflicts: 'take' }));
    await bench.carryOut();
    expect((await bench.cluster.get(native()))?.data).toEqual({ a: '1' });
    await bench.goBack(['configuration']);
    expect((await bench.cluster.get(native()))?.data).toEqual({ a: 'theirs' });
  });
});

describe('what a person has to confirm', () => {
  it('is more deletions than the budget', async () => {
    await install();
    const plan = await bench.plan(withPolicy({ deleteBudget: 0 }, { ...parts(), resources: [] }));
    expect(plan.confirmations).toEqual([
      `It deletes 1 object, and spec.change.deleteBudget is 0: ConfigMap ${shop}/native.`,
    ]);
  });

  it('is a pattern that has suddenly become empty', async () => {
    await install();
    expect((await bench.plan({ ...parts(), resources: [] })).confirmations).toEqual([]);
    expect((await bench.plan({})).confirmations).toEqual([
      expect.stringContaining('The pattern names no workloads, traffic or resources any more, and 1 object'),
    ]);
  });

  it('is not the old control plane of a pattern that never held anything', async () => {
    await install({});
    const plan = await bench.plan({ spec: { mesh: meshSpec('1.1.0') } });
    expect(plan.stages.find(({ id }) => id === 'prune')?.deletes).toHaveLength(1);
    expect(plan.confirmations).toEqual([]);
  });
});

it('restarts the workloads of a namespace that leaves the mesh', async () => {
  const enrolled = (enroll: boolean): PlanParts => ({
    workloads: [{ namespace: shop, enroll, objects: [deployment(shop, 'server')] }],
  });
  await install(enrolled(true));
  await install(enrolled(true));
  const plan: Plan = await bench.plan(enrolled(false));
  expect(plan.stages.find(({ id }) => id === 'restart')?.restarts.map(({ name }) => name)).toEqual([
    'server',
  ]);
  await bench.carryOut();
  const namespace = await bench.cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: shop });
  expect(namespace?.metadata.labels).not.toHaveProperty('small');
  expect((await bench.plan(enrolled(false))).action).toBe('none');
});

it('keeps a change whose last stage could not delete what the pattern no longer holds, and names it', async () => {
  await install();
  await bench.cluster.mergePatch(
    native(),
    { metadata: { finalizers: ['example.com/hold'] } },
    { fieldManager: 'test' },
  );
  await bench.plan({ ...parts(), resources: [] });
  expect(await bench.carryOutStage('prune')).toBe(
    `prune: 0 deleted, 1 could not be deleted and stay in the inventory: ConfigMap ${shop}/native: its deletion is held by the finalizers example.com/hold`,
  );
  await bench.cluster.mergePatch(native(), { metadata: { finalizers: null } }, { fieldManager: 'test' });
});

it('writes nothing of a Secret into a plan, also not on the way back', async () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: shop } };
  await install({ ...parts(), resources: [secret] });
  await bench.cluster.apply(
    { ...secret, stringData: { password: 'hunter2-secret' } },
    { fieldManager: 'somebody' },
  );
  const plan = await bench.plan(parts());
  expect(plan.stages.find(({ id }) => id === 'prune')?.deletes).toHaveLength(1);
  expect(JSON.stringify(plan)).not.toContain(Buffer.from('hunter2-secret').toString('base64'));
  expect(plan.warnings).toEqual([
    `Secret ${shop}/s is not put back when the change is taken back: what was applied of it is not kept.`,
  ]);
});
