import type { Plan } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench, type PlanParts } from './test-support/bench.ts';
import { configMap, deployment, meshSpec, namespaceObject } from './test-support/small-mesh.ts';
import { stateOf } from './test-support/state.ts';

let bench: Bench;
let shop: string;
let foreign: string;

beforeEach(() => open());

async function open(mesh: Parameters<typeof openBench>[0] = {}): Promise<void> {
  bench = await openBench(mesh);
  shop = `${bench.namespace}-shop`;
  foreign = `${bench.namespace}-foreign`;
  await bench.cluster.apply(namespaceObject(foreign), { fieldManager: 'somebody' });
  await bench.cluster.apply(configMap(foreign, 'theirs', { theirs: '1' }), { fieldManager: 'somebody' });
}

function workloads(version: string): NonNullable<PlanParts['workloads']> {
  return [{ namespace: shop, enroll: true, objects: [deployment(shop, 'server', { version })] }];
}

function earlier(): PlanParts {
  return {
    workloads: workloads('a'),
    resources: [configMap(shop, 'route', { to: 'a', via: 'x' }), configMap(shop, 'old')],
  };
}

/** Another version of the mesh, and every kind of change: create, update, delete, and a share in what others made. */
function later(): PlanParts {
  return {
    workloads: [...workloads('b'), { namespace: foreign, enroll: true, objects: [] }],
    resources: [
      configMap(shop, 'route', { to: 'b', by: 'y' }),
      configMap(shop, 'new'),
      configMap(foreign, 'theirs', { ours: '2' }),
    ],
    spec: { mesh: meshSpec('1.1.0') },
  };
}

async function install(): Promise<void> {
  await bench.plan(earlier());
  await bench.carryOut();
  await bench.conclude('kept');
}

const state = () => stateOf(bench.cluster, [bench.namespace, shop, foreign]);

const order = ['control-plane', 'tag', 'workloads', 'configuration', 'restart', 'gateway', 'verify', 'prune'];

describe('the plan of an upgrade', () => {
  it('says how each stage is taken back, in the order that is gone', async () => {
    await install();
    const plan = await bench.plan(later());
    expect(plan).toMatchObject({
      action: 'upgrade',
      mesh: { version: '1.1.0', revision: '1-1-0', enrolledNamespaces: [shop, foreign] },
      meshBefore: { version: '1.0.0', revision: '1-0-0', enrolledNamespaces: [shop] },
      blastRadius: { namespaces: [bench.namespace, foreign, shop].sort(), workloads: 2, pods: 0 },
      confirmations: [],
    });
    expect(plan.stages.map(({ id }) => id)).toEqual(order);
    expect(plan.rollback.map(({ id, undoes }) => `${id} <- ${undoes.join(' ')}`)).toEqual([
      'undo-prune <- prune',
      'undo-gateway <- gateway',
      'undo-configuration <- configuration',
      'undo-workloads <- workloads',
      'undo-tag <- tag',
      'undo-restart <- workloads restart gateway',
      'undo-verify <- workloads restart gateway tag',
      'undo-control-plane <- control-plane',
    ]);
  });

  it('leaves nothing to plan once it is carried out', async () => {
    await install();
    await bench.plan(later());
    await bench.carryOut();
    const again: Plan = await bench.plan(later());
    expect(again.action).toBe('none');
    expect(again.rollback).toEqual([]);
    expect(again.meshBefore?.version).toBe('1.1.0');
  });
});

/** What has begun after each of these stages. */
function begunAfterEach(stages: string[]): { last: string; begun: string[] }[] {
  return stages.map((last, index) => ({ last, begun: stages.slice(0, index + 1) }));
}

async function expectNothingToPlan(): Promise<void> {
  const again = await bench.plan(earlier());
  const changes = again.stages.flatMap((stage) => stage.changes);
  expect(changes.filter(({ change }) => change !== 'unchanged')).toEqual([]);
}

describe('taking an upgrade back', () => {
  it.each(begunAfterEach(order))('restores what was there, after stage $last', async ({ begun }) => {
    await install();
    const before = await state();
    await bench.plan(later());
    for (const stage of begun) await bench.carryOutStage(stage);
    if (begun.includes('configuration')) expect(await state()).not.toEqual(before);
    await bench.goBack(begun);
    expect(await state()).toEqual(before);
    await expectNothingToPlan();
  });

  it.each(begunAfterEach(['checks', 'checks-end', 'control-plane']))(
    'takes what is temporary along, after stage $last',
    async ({ begun }) => {
      await open({ checks: true });
      await install();
      const before = await state();
      await bench.plan(later());
      for (const stage of begun) await bench.carryOutStage(stage);
      const temporary = `ConfigMap ${bench.namespace}/checks`;
      expect(Object.keys(await state()).includes(temporary)).toBe(begun.length === 1);
      await bench.goBack(begun);
      expect(await state()).toEqual(before);
      await expectNothingToPlan();
    },
  );

  it('may be carried out twice, as after a crash between its stages', async () => {
    await install();
    const before = await state();
    await bench.plan(later());
    for (const stage of order) {
      await bench.carryOutStage(stage);
      await bench.carryOutStage(stage);
    }
    await bench.goBack(order);
    const notes = await bench.goBack(order);
    expect(notes[0]).toContain('0 created, 0 updated');
    expect(await state()).toEqual(before);
  });

  it('verifies the mesh as it was, and says when it is not', async () => {
    await install();
    await bench.plan(later());
    for (const stage of order) await bench.carryOutStage(stage);
    await expect(bench.carryOutStage('undo-verify')).rejects.toMatchObject({
      code: 'NOT_READY',
      message: 'the tag is at 1-1-0, not at 1-0-0',
    });
  });

  it('skips a workload that is gone', async () => {
    await install();
    await bench.plan(later());
    for (const stage of order) await bench.carryOutStage(stage);
    const server = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: shop, name: 'server' };
    const live = await bench.cluster.get(server);
    await bench.cluster.delete(server, live?.metadata.uid ?? '');
    expect(await bench.carryOutStage('undo-restart')).toBe(
      'undo-restart: 1 workload restarted, 1 gone; 1 object ready',
    );
  });

  it('takes a first installation away again', async () => {
    const before = await state();
    await bench.plan(earlier());
    await bench.carryOut();
    await bench.goBack(order);
    await expect.poll(state, { timeout: 30_000 }).toEqual(before);
    expect(await bench.inventory.members()).toEqual([]);
  });
});
