import type { KubernetesObject } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench, type PlanParts } from './test-support/bench.ts';
import { configMap, controlPlane, deployment, namespaceObject } from './test-support/small-mesh.ts';
import { stateOf } from './test-support/state.ts';

let bench: Bench;

/** What another tool installed: the objects of the mesh, and a field that the pattern does not know. */
async function installByHelm(gateway: KubernetesObject): Promise<void> {
  const tag = configMap(bench.namespace, 'tag', { revision: '1-0-0', extra: 'kept' });
  for (const object of [
    namespaceObject(bench.namespace),
    controlPlane(bench.namespace, '1.0.0'),
    tag,
    gateway,
  ]) {
    await bench.cluster.apply(object, { fieldManager: 'helm' });
  }
}

beforeEach(async () => {
  bench = await openBench();
});

const adopt = (): PlanParts => ({ input: { adopt: true } });
const gatewayReference = () => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: bench.namespace,
  name: 'gateway',
});

function managers({ metadata }: KubernetesObject): unknown[] {
  return (metadata.managedFields as { manager: string }[]).map(({ manager }) => manager);
}

describe('adopting what another tool installed', () => {
  it('shows who owns the fields before and after, restarts nothing, and needs no confirmation', async () => {
    await installByHelm(deployment(bench.namespace, 'gateway', { version: '1.0.0' }));
    const plan = await bench.plan(adopt());
    expect(plan).toMatchObject({
      action: 'adopt',
      force: true,
      blastRadius: { workloads: 0, pods: 0 },
      confirmations: [],
      meshBefore: { version: '1.0.0', revision: '1-0-0' },
    });
    const tag = plan.stages.find(({ id }) => id === 'tag')?.changes[0];
    expect(tag).toMatchObject({ change: 'update', owners: { before: { helm: 2 } } });
    expect(tag?.owners?.after).not.toHaveProperty('helm');
  });

  it('takes the fields over as they are, and leaves those of the pattern’s ignorance', async () => {
    await installByHelm(deployment(bench.namespace, 'gateway', { version: '1.0.0' }));
    const before = await bench.cluster.get(gatewayReference());
    await bench.plan(adopt());
    await bench.carryOut();
    const after = await bench.cluster.get(gatewayReference());
    expect(after?.spec).toEqual(before?.spec);
    if (after !== undefined) expect(managers(after)).not.toContain('helm');
    const tag = await bench.cluster.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: bench.namespace,
      name: 'tag',
    });
    expect(tag?.data).toEqual({ revision: '1-0-0', extra: 'kept' });
    expect((await bench.plan()).action).toBe('none');
  });

  it('is refused where a pod template would change, with the field', async () => {
    await installByHelm(deployment(bench.namespace, 'gateway', { version: '0.9.0' }));
    await expect(bench.plan(adopt())).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: {
        lines: [
          `Deployment ${bench.namespace}/gateway /spec/template/metadata/labels/version: "0.9.0" -> "1.0.0"`,
        ],
      },
    });
  });

  it('is taken back by letting go: everything stays as it was', async () => {
    await installByHelm(deployment(bench.namespace, 'gateway', { version: '1.0.0' }));
    const before = await stateOf(bench.cluster, [bench.namespace]);
    const plan = await bench.plan(adopt());
    await bench.carryOut();
    await bench.goBack(plan.stages.map(({ id }) => id));
    expect(await stateOf(bench.cluster, [bench.namespace])).toEqual(before);
    expect(await bench.inventory.members()).toEqual([]);
  });
});
