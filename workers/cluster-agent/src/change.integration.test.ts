import { countChanges, type MeshSpec, type Plan, referenceOf } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { findStage } from './stages/find-stage.ts';
import { openBench } from './test-support/bench.ts';
import { configMap, meshSpec, namespaceObject } from './test-support/small-mesh.ts';
import { ownGroup, widgets } from './test-support/widgets.ts';

function changes(plan: Plan): Record<string, string> {
  const named = plan.stages.flatMap((stage) =>
    stage.changes.map(({ object, change }) => [`${stage.id} ${object.kind} ${object.name}`, change] as const),
  );
  return Object.fromEntries(named);
}

describe('a change of one target', () => {
  it('is planned without writing anything', async () => {
    const { plan, namespace, cluster } = await openBench();
    const planned = await plan({ resources: [configMap(namespace, 'native')] });
    expect(changes(planned)).toEqual({
      [`control-plane Namespace ${namespace}`]: 'create',
      'control-plane ConfigMap control-plane-1-0-0': 'create',
      'tag ConfigMap tag': 'create',
      'configuration ConfigMap native': 'create',
      'gateway Deployment gateway': 'create',
    });
    expect(planned.action).toBe('install');
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })).toBeUndefined();
  });

  it('is applied and verified stage by stage, after which there is nothing left to plan', async () => {
    const { plan, carryOut, namespace } = await openBench();
    await plan({ resources: [configMap(namespace, 'native')] });
    expect(await carryOut()).toEqual([
      'control-plane: 2 created, 0 updated, 0 unchanged; control-plane is healthy',
      'tag: 1 created, 0 updated, 0 unchanged; tag is healthy',
      'configuration: 1 created, 0 updated, 0 unchanged; 1 object ready',
      'gateway: 1 created, 0 updated, 0 unchanged; gateway is healthy',
      'verify: nothing to apply; verify is healthy at 1.0.0',
    ]);
    const again = await plan({ resources: [configMap(namespace, 'native')] });
    expect(again.action).toBe('none');
    expect(countChanges(again.stages.flatMap((stage) => stage.changes))).toMatchObject({
      create: 0,
      update: 0,
      delete: 0,
    });
  });

  it('may be carried out twice: the second time changes nothing', async () => {
    const { plan, carryOut } = await openBench();
    await plan();
    await carryOut();
    expect((await carryOut())[0]).toContain('0 created, 0 updated, 2 unchanged');
  });

  it('deletes what the pattern no longer holds, and nothing else', async () => {
    const { plan, carryOut, namespace, cluster } = await openBench();
    await plan({ resources: [configMap(namespace, 'kept'), configMap(namespace, 'gone')] });
    await carryOut();
    await cluster.apply(configMap(namespace, 'foreign'), { fieldManager: 'somebody' });
    const planned = await plan({ resources: [configMap(namespace, 'kept')] });
    expect(changes(planned)['prune ConfigMap gone']).toBe('delete');
    expect(await carryOut()).toContain('prune: 1 deleted');
    const left = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
    expect(left.map(({ metadata }) => metadata.name).sort()).toEqual(
      expect.arrayContaining(['foreign', 'kept', 'tag']),
    );
    expect(left.map(({ metadata }) => metadata.name)).not.toContain('gone');
  });

  it('holds objects of kinds that the mesh makes when it starts', async () => {
    const { plan, carryOutStage, namespace, cluster } = await openBench({ makesKinds: true });
    const { definition, widget } = widgets(ownGroup(namespace), namespace);
    const planned = await plan({ resources: [widget('ours')] });
    expect(changes(planned)['configuration Widget ours']).toBe('create');
    await carryOutStage('control-plane');
    await cluster.apply(definition, { fieldManager: 'mesh' });
    const { apiVersion, kind } = widget('ours');
    await expect.poll(() => cluster.serves(apiVersion, kind), { timeout: 30_000 }).toBe(true);
    for (const { id } of planned.stages.slice(1)) await carryOutStage(id);
    expect(await cluster.get(referenceOf(widget('ours')))).toBeDefined();
    expect((await plan({ resources: [widget('ours')] })).action).toBe('none');
  });

  it('keeps a namespace that left the pattern, and says so', async () => {
    const { plan, carryOut, namespace } = await openBench();
    await plan({ workloads: [{ namespace: `${namespace}-shop`, enroll: false, objects: [] }] });
    await carryOut();
    const planned = await plan();
    expect(planned.stages.map(({ id }) => id)).not.toContain('prune');
    expect(planned.warnings).toEqual([
      expect.stringMatching(new RegExp(`Namespace ${namespace}-shop is no longer in the pattern`)),
    ]);
  });
});

describe('what is refused before anything is touched', () => {
  it('is what the mesh does not declare, all of it at once', async () => {
    const { plan } = await openBench();
    const mesh: MeshSpec = { ...meshSpec('1.0.0'), mode: 'ambient', trust: { anchors: [1], issuer: 1 } };
    await expect(plan({ spec: { mesh, security: { mtls: 'strict' } } })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: {
        lines: [
          'spec.mesh.mode: Small has no mode "ambient". It has sidecar.',
          'spec.security.mtls: Small has no mutual TLS that a pattern turns on for the whole mesh. Take it away.',
          'spec.mesh.trust: Small does not take its keys from Meshwright. Take it away.',
        ],
      },
    });
  });

  it('is a namespace with a label that contradicts its enrollment', async () => {
    const { plan, namespace, cluster } = await openBench();
    const shop = namespaceObject(`${namespace}-shop`);
    await cluster.apply(
      { ...shop, metadata: { ...shop.metadata, labels: { large: 'yes' } } },
      { fieldManager: 'somebody' },
    );
    const enrolled = { namespace: `${namespace}-shop`, enroll: true, objects: [] };
    await expect(plan({ workloads: [enrolled] })).rejects.toMatchObject({
      code: 'FIELD_CONFLICT',
      details: { remedy: `Remove it: kubectl label namespace ${namespace}-shop large-` },
    });
  });

  it('is a field that somebody else owns, with the owner’s name', async () => {
    const { plan, namespace, cluster } = await openBench();
    await cluster.apply(namespaceObject(namespace), { fieldManager: 'somebody' });
    await cluster.apply(
      { ...configMap(namespace, 'native'), data: { name: 'theirs' } },
      { fieldManager: 'somebody' },
    );
    const planned = plan({ resources: [configMap(namespace, 'native')] });
    await expect(planned).rejects.toMatchObject({ code: 'FIELD_CONFLICT' });
    await expect(planned).rejects.toThrow(/somebody/);
  });

  it('is a Secret, whose bytes would become evidence', async () => {
    const { plan, namespace } = await openBench();
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { a: 'b' },
    };
    await expect(plan({ resources: [secret] })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('is a stage of a plan for another cluster, or one the plan does not have', async () => {
    const { plan, tools } = await openBench();
    const digest = await tools.evidence.putJson({ ...(await plan()), cluster: 'other' });
    const stage = { plan: digest, stage: 'control-plane' };
    await expect(findStage({ ...stage, cluster: 'test' }, tools.evidence)).rejects.toMatchObject({
      code: 'PLAN_MISMATCH',
    });
    await expect(
      findStage({ plan: digest, cluster: 'other', stage: 'nothing' }, tools.evidence),
    ).rejects.toMatchObject({ code: 'PLAN_MISMATCH' });
  });
});
