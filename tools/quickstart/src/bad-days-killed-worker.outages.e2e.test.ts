import { afterEach, describe, expect, it } from 'vitest';
import { workflowId } from '@meshwright/model';
import { stringify } from 'yaml';
import { countRollouts, readInventory, removeEverything } from './test-support/cluster.ts';
import { whileFrozen } from './test-support/outage.ts';
import { type Committed, settings, workload } from './test-support/patterns-repository.ts';
import { begun, untilEnded, untilPlanned, untilStage } from './test-support/rollouts.ts';
import { until } from './test-support/scene.ts';
import { useScene } from './test-support/use-scene.ts';

const changeId = workflowId.change('local', 'istio');
const manifests = [settings(), workload('web', 'registry.example/web:1')];

const here = useScene({ profile: 'control-plane' });

afterEach(async () => {
  await here().stopEngine();
  await here().stopStandIn();
  await removeEverything(here());
});

/** The end is as if nothing had happened: everything of the plan is there once, and was rolled out once. */
async function expectWholeInstall(committed: Committed): Promise<void> {
  const { execution, status } = await untilEnded(here(), committed);
  expect([execution, status.phase]).toEqual(['COMPLETED', 'succeeded']);
  expect(status.targets[0]?.stages.map(({ state }) => state)).toEqual(
    status.targets[0]?.plan?.stages.map(() => 'done'),
  );
  const inventory = await readInventory(here(), committed.pattern);
  expect(inventory?.declared).toEqual(inventory?.needed);
  expect(inventory?.members).toHaveLength(status.targets[0]?.plan?.counts.create ?? 0);
  expect(inventory?.members).toContain(`Deployment ${committed.namespace}/web`);
  expect(await countRollouts(here())).toEqual({
    'istio-system/istiod-1-31-0': { generation: 1, replicaSets: 1 },
    [`${committed.namespace}/web`]: { generation: 1, replicaSets: 1 },
  });
}

describe('a worker that is killed and started again', () => {
  it('while it plans, makes the plan anew', async () => {
    here().startStandIn();
    await here().startEngine();
    const committed = await whileFrozen(here(), 'kube-apiserver', async () => {
      const made = await here().patterns.commitPattern({ manifests });
      const rollout = workflowId.rollout(made.pattern, made.commit);
      await until('the plan to be begun', async () =>
        (await begun(here(), rollout)).includes('planChange') ? true : undefined,
      );
      await here().killEngine();
      return made;
    });
    await here().startEngine();
    await expectWholeInstall(committed);
  });

  it('while it applies the CRDs, applies the rest of them', async () => {
    here().startStandIn();
    await here().startEngine();
    const committed = await here().patterns.commitPattern({ manifests, approval: true });
    const approve = await untilPlanned(here(), committed);
    const release = await holdDefinition();
    await approve();
    await untilStage(here(), 'crds', 'applying');
    await until('some CRDs to be there', async () => {
      const { members = [] } = (await readInventory(here(), committed.pattern)) ?? {};
      return members.some((member) => member.startsWith('CustomResourceDefinition')) ? true : undefined;
    });
    await here().killEngine();
    expect(await begun(here(), changeId)).toEqual(['applyStage']);
    await release();
    await here().startEngine();
    await expectWholeInstall(committed);
  });

  it('while it verifies the control plane, verifies it again', async () => {
    await here().startEngine();
    const committed = await here().patterns.commitPattern({ manifests });
    await untilStage(here(), 'control-plane', 'verifying');
    await here().killEngine();
    expect(await begun(here(), changeId)).toEqual(['verifyStage']);
    here().startStandIn();
    await here().startEngine();
    await expectWholeInstall(committed);
  });
});

/** One of Istio's CRDs whose deletion does not end until it is released: whoever applies it waits for that. */
async function holdDefinition(): Promise<() => Promise<void>> {
  const name = 'wasmplugins.extensions.istio.io';
  const schema = { openAPIV3Schema: { type: 'object' } };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name, finalizers: ['example.com/held'] },
    spec: {
      group: 'extensions.istio.io',
      scope: 'Namespaced',
      names: { plural: 'wasmplugins', kind: 'WasmPlugin' },
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema }],
    },
  };
  await here().kubectl('apply', '--filename', await here().write(stringify(definition)));
  await here().kubectl('delete', 'customresourcedefinition', name, '--wait=false');
  return async () => {
    const patch = JSON.stringify({ metadata: { finalizers: null } });
    await here().kubectl('patch', 'customresourcedefinition', name, '--type=merge', '--patch', patch);
  };
}
