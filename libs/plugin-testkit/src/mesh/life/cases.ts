import { strict as assert } from 'node:assert';
import { formatReference, type KubernetesObject, referenceOf } from '@meshwright/model';
import { MeshLevel, type MeshCase } from '../suite.ts';
import { adoptionCases } from './adoption-cases.ts';
import { expectNothingLeft } from './leaving.ts';
import {
  carryOut,
  change,
  changeWithCrashes,
  contextOf,
  detect,
  expectInstalled,
  expectSettled,
  goBack,
  type Life,
  settings,
  stateOf,
  wishFor,
} from './life.ts';

const level = MeshLevel.controlPlane;

/** The cases of a life, in the order in which it is led: most go on where one before them ended. */
export const lifeCases: readonly MeshCase<Life>[] = [
  {
    id: 'install',
    title: 'is installed, and found as what it is',
    level,
    run: async (life: Life): Promise<void> => {
      const { older } = life.subject.versions;
      await placeForeign(life);
      const plan = await change(life, wishFor(life, older));
      assert.equal(plan.action, 'install');
      assert.equal(plan.mesh.version, older);
      await expectInstalled(life, older);
      life.states.set(older, await stateOf(life));
    },
  },
  {
    id: 'settled',
    title: 'is planned again without any change',
    level,
    after: 'install',
    run: (life) => expectSettled(life, wishFor(life, life.subject.versions.older)),
  },
  {
    id: 'settled-after-rewrites',
    title: 'leaves its own controllers what they write',
    level,
    after: 'settled',
    without: ({ subject }: Life): string | undefined =>
      subject.rewrites.length === 0 ? 'its controllers write nothing that is rendered' : undefined,
    run: async (life: Life): Promise<void> => {
      for (const { write } of life.subject.rewrites) await write(life.trial.cluster);
      await expectSettled(life, wishFor(life, life.subject.versions.older));
    },
  },
  {
    id: 'prune',
    title: 'deletes what the pattern no longer holds, and nothing else',
    level,
    after: 'settled',
    run: async (life: Life): Promise<void> => {
      const { shop, subject, trial } = life;
      const wish = wishFor(life, subject.versions.older);
      const gone = settings(shop, 'gone');
      await change(life, { ...wish, resources: [...(wish.resources ?? []), gone] });
      assert.ok((await trial.cluster.get(referenceOf(gone))) !== undefined, 'it was not applied');
      const plan = await change(life, wish);
      assert.deepEqual(
        plan.stages.flatMap(({ deletes }) => deletes.map(formatReference)),
        [formatReference(referenceOf(gone))],
      );
      assert.equal(await trial.cluster.get(referenceOf(gone)), undefined);
      await expectForeignUntouched(life);
    },
  },
  {
    id: 'canary',
    title:
      'runs a new control plane beside the old one, which goes on taking workloads in, until it is taken back',
    level,
    needs: 'canaryUpgrade',
    after: 'prune',
    run: async (life: Life): Promise<void> => {
      const { older, newer } = life.subject.versions;
      const before = await stateOf(life);
      const plan = await life.trial.plan(wishFor(life, newer));
      const begun: string[] = [];
      for (const { id } of plan.stages) {
        if ((await detect(life)).length > 1) break;
        begun.push(id);
        await carryOut(life, plan, id);
      }
      assert.deepEqual(
        (await detect(life)).map(({ version }) => version),
        [older, newer],
      );
      await goBack(life, plan, begun);
      assert.deepEqual(await stateOf(life), before);
    },
  },
  {
    id: 'upgrade',
    title: 'is upgraded, and planned again without any change',
    level,
    after: 'prune',
    run: async (life: Life): Promise<void> => {
      const { newer } = life.subject.versions;
      const plan = await change(life, wishFor(life, newer));
      assert.equal(plan.action, 'upgrade');
      await expectInstalled(life, newer);
      await expectSettled(life, wishFor(life, newer));
      life.states.set(newer, await stateOf(life));
    },
  },
  {
    id: 'way-back',
    title: 'is as it was when a change is taken back after its last stage',
    level,
    after: 'upgrade',
    run: async (life: Life): Promise<void> => {
      const { older, newer } = life.subject.versions;
      const before = await stateOf(life);
      const plan = await life.trial.plan(wishFor(life, older));
      const begun = plan.stages.map(({ id }) => id);
      for (const id of begun) await carryOut(life, plan, id);
      await expectInstalled(life, older);
      await goBack(life, plan, begun);
      await expectInstalled(life, newer);
      assert.deepEqual(await stateOf(life), before);
      await expectSettled(life, wishFor(life, newer));
    },
  },
  {
    id: 'roll-back',
    title: 'goes back to the version of before, and is planned again without any change',
    level,
    after: 'way-back',
    run: async (life: Life): Promise<void> => {
      const { older } = life.subject.versions;
      const plan = await change(life, wishFor(life, older));
      assert.equal(plan.action, 'roll-back');
      await expectInstalled(life, older);
      await expectSettled(life, wishFor(life, older));
      await expectForeignUntouched(life);
    },
  },
  {
    id: 'upgrade-with-crashes',
    title: 'is the same when each stage of an upgrade ends half way and begins anew',
    level,
    after: 'roll-back',
    run: async (life: Life): Promise<void> => {
      const { newer } = life.subject.versions;
      await changeWithCrashes(life, wishFor(life, newer));
      assert.deepEqual(await stateOf(life), life.states.get(newer));
      await expectSettled(life, wishFor(life, newer));
    },
  },
  {
    id: 'uninstall',
    title: 'is taken away, and leaves nothing but what it says and what others made',
    level,
    after: 'install',
    run: async (life: Life): Promise<void> => {
      const plan = await change(life, leaving(life));
      assert.equal(plan.action, 'uninstall');
      assert.ok(plan.confirmations.length > 0, 'nobody has to confirm it');
      await expectNothingLeft(life, plan);
      await expectForeignUntouched(life);
      assert.equal((await life.trial.plan(leaving(life))).action, 'none');
    },
  },
  {
    id: 'install-with-crashes',
    title: 'is the same when each stage of an installation ends half way and begins anew',
    level,
    after: 'uninstall',
    run: async (life: Life): Promise<void> => {
      const { older } = life.subject.versions;
      await changeWithCrashes(life, wishFor(life, older));
      assert.deepEqual(Object.keys(await stateOf(life)), Object.keys(life.states.get(older) ?? {}));
      await expectInstalled(life, older);
      await expectSettled(life, wishFor(life, older));
    },
  },
  {
    id: 'uninstall-with-crashes',
    title: 'leaves nothing either when each stage of an uninstallation ends half way and begins anew',
    level,
    after: 'install-with-crashes',
    run: async (life: Life): Promise<void> => {
      const plan = await changeWithCrashes(life, leaving(life));
      await expectNothingLeft(life, plan);
      await expectForeignUntouched(life);
    },
  },
  ...adoptionCases,
];

function leaving(life: Life) {
  return wishFor(life, life.subject.versions.older, { purpose: 'uninstall' });
}

function foreign({ trial }: Life): KubernetesObject[] {
  const namespace = `${trial.name}-theirs`;
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    settings(namespace, 'theirs'),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: namespace },
      rules: [],
    },
  ];
}

async function placeForeign(life: Life): Promise<void> {
  for (const object of foreign(life)) await life.trial.cluster.apply(object, 'somebody');
}

async function expectForeignUntouched(life: Life): Promise<void> {
  for (const object of foreign(life)) {
    const live = await contextOf(life.trial).cluster.get(referenceOf(object));
    const name = formatReference(referenceOf(object));
    const managers = (live?.metadata.managedFields ?? []) as { manager: string; subresource?: string }[];
    assert.ok(live !== undefined && live.metadata.deletionTimestamp === undefined, `${name} is gone`);
    const others = managers.filter(({ manager }) => manager.startsWith('meshwright'));
    assert.deepEqual(others, [], `${name} has fields of Meshwright's`);
  }
}
