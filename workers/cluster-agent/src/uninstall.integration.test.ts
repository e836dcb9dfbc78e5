import type { Plan } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench, type PlanParts } from './test-support/bench.ts';
import { configMap, deployment, enrolledLabel, namespaceObject } from './test-support/small-mesh.ts';
import { ownGroup, widgets } from './test-support/widgets.ts';

let bench: Bench;
let shop: string;

beforeEach(async () => {
  bench = await openBench();
  shop = `${bench.namespace}-shop`;
});

const ourWidgets = () => widgets(ownGroup(bench.namespace), shop);

function parts(): PlanParts {
  const { definition, widget } = ourWidgets();
  return {
    workloads: [
      { namespace: shop, enroll: true, objects: [deployment(shop, 'server'), configMap(shop, 'settings')] },
    ],
    resources: [definition, widget('ours'), configMap(shop, 'native')],
  };
}

const uninstall = (): PlanParts => ({ ...parts(), input: { purpose: 'uninstall' } });

/** The workload is there when the pattern is planned again, and joins the mesh then. */
async function install(): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    await bench.plan(parts());
    await bench.carryOut();
  }
  await bench.conclude('kept');
}

function deletesOf(plan: Plan): Record<string, string[]> {
  const named = plan.stages.map(({ id, deletes, leftovers, releases, restarts }) => {
    const of = (verb: string, objects: { kind: string; name: string }[]) =>
      objects.map(({ kind, name }) => `${verb} ${kind} ${name}`).sort();
    return [
      id,
      [
        ...of('delete', deletes),
        ...of('delete leftover', leftovers),
        ...of('release', releases),
        ...of('restart', restarts),
      ],
    ];
  });
  return Object.fromEntries(named) as Record<string, string[]>;
}

describe('the plan of an uninstallation', () => {
  it('takes workloads off the mesh first, CRDs last, and lets go of the workloads', async () => {
    await install();
    await bench.cluster.apply(configMap(bench.namespace, 'made-by-mesh'), { fieldManager: 'mesh' });
    const plan = await bench.plan(uninstall());
    expect(plan).toMatchObject({ action: 'uninstall', purpose: 'uninstall', rollback: [], warnings: [] });
    expect(plan.meshBefore).toEqual(plan.mesh);
    expect(plan.confirmations).toEqual([
      'It takes Small and all that configures it from test; the workloads stay.',
    ]);
    expect(deletesOf(plan)).toEqual({
      leave: ['restart Deployment server'],
      configuration: ['delete ConfigMap native', 'delete Widget ours'],
      mesh: ['delete ConfigMap control-plane-1-0-0', 'delete ConfigMap tag', 'delete Deployment gateway'],
      definitions: [`delete CustomResourceDefinition ${ourWidgets().definition.metadata.name}`],
      leftovers: ['delete leftover ConfigMap made-by-mesh'],
      namespaces: [`delete Namespace ${bench.namespace}`],
      release: ['release ConfigMap settings', `release Deployment server`, `release Namespace ${shop}`],
    });
  });

  it('asks about more deletions than the pattern allows, too', async () => {
    await install();
    const change = {
      onFailure: 'rollback',
      conflicts: 'refuse',
      deleteBudget: 2,
      restartsAtOnce: 5,
    } as const;
    const { confirmations } = await bench.plan({ ...uninstall(), spec: { change } });
    expect(confirmations[1]).toMatch(/It deletes 7 objects, and spec.change.deleteBudget is 2/);
  });

  it('does nothing where nothing is owned', async () => {
    const plan = await bench.plan(uninstall());
    expect(plan).toMatchObject({ action: 'none', stages: [] });
  });

  it('refuses a namespace that somebody else enrolled as well', async () => {
    await install();
    const namespace = namespaceObject(shop);
    await bench.cluster.apply(
      { ...namespace, metadata: { name: shop, labels: enrolledLabel } },
      { fieldManager: 'somebody' },
    );
    await expect(bench.plan(uninstall())).rejects.toMatchObject({
      code: 'FIELD_CONFLICT',
      details: { remedy: `Remove it: kubectl label namespace ${shop} small-` },
    });
  });
});

describe('an uninstallation', () => {
  it('leaves the workloads, and nothing of the mesh or of Meshwright', async () => {
    await install();
    await bench.cluster.apply(configMap(bench.namespace, 'made-by-mesh'), { fieldManager: 'mesh' });
    await bench.plan(uninstall());
    await bench.carryOut();
    await bench.conclude('kept');
    const { cluster } = bench;
    const kept = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: shop });
    expect(kept.map(({ metadata }) => metadata.name).sort()).toEqual(['kube-root-ca.crt', 'settings']);
    const namespace = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: shop });
    expect(namespace?.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': shop });
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: bench.namespace })).toBeUndefined();
    expect(await bench.inventory.members()).toEqual([]);
    expect(await bench.inventory.readRecord()).toBeUndefined();
    expect((await bench.plan(uninstall())).action).toBe('none');
  });

  it('keeps a CRD while somebody’s custom resources are left, and says so', async () => {
    await install();
    await bench.cluster.apply(ourWidgets().widget('theirs'), { fieldManager: 'somebody' });
    const plan = await bench.plan(uninstall());
    const definitions = plan.stages.find(({ id }) => id === 'definitions');
    expect(definitions?.changes[0]?.cascade).toEqual({ total: 1, sample: [`Widget ${shop}/theirs`] });
    const notes = await bench.carryOut();
    expect(notes.find((note) => note.startsWith('definitions'))).toMatch(
      /0 deleted, 1 kept: CustomResourceDefinition .*: 1 objects of its kind Widget are left/,
    );
    expect((await bench.inventory.members()).map(({ object }) => object.kind)).toEqual([
      'CustomResourceDefinition',
    ]);
  });

  it('stops at what cannot be deleted, names it, and goes on once it can', async () => {
    await install();
    const tag = { apiVersion: 'v1', kind: 'ConfigMap', namespace: bench.namespace, name: 'tag' };
    const finalizers = (value: string[] | null) =>
      bench.cluster.mergePatch(tag, { metadata: { finalizers: value } }, { fieldManager: 'test' });
    await finalizers(['example.com/hold']);
    await bench.plan(uninstall());
    for (const id of ['leave', 'configuration']) await bench.carryOutStage(id);
    await expect(bench.carryOutStage('mesh')).rejects.toMatchObject({
      code: 'NOT_DELETED',
      details: {
        lines: [`ConfigMap ${bench.namespace}/tag: its deletion is held by the finalizers example.com/hold`],
      },
    });
    expect((await bench.inventory.members()).map(({ object }) => object.name)).toContain('tag');
    await finalizers(null);
    await bench.plan(uninstall());
    await bench.carryOut();
    expect(await bench.inventory.members()).toEqual([]);
  });
});
