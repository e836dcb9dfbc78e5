import { strict as assert } from 'node:assert';
import { MeshMode, MutualTls } from '@meshwright/model';
import { type Enrollment, fillQuery, type SignalQuery } from '@meshwright/plugin-sdk';
import { promqlErrors } from '../promql.ts';
import { type Declaration, MeshLevel, type MeshCase } from '../suite.ts';
import {
  byKey,
  keptInMemory,
  objectsOf,
  type OfflineWish,
  type OfflineWorld,
  renderAll,
  shop,
} from './world.ts';

const level = MeshLevel.offline;
const asked = { namespace: shop, workload: 'server', windowSeconds: 60 };
const workload = { namespace: shop, enroll: true, waypoint: false, manifests: [] };
/** As the API server takes keys of labels and annotations. */
const qualifiedName = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

const modeCases = Object.values(MeshMode).map((mode): MeshCase<OfflineWorld> => ({
  id: `mode-${mode}`,
  title: `plans and renders the mode ${mode}`,
  level,
  needs: mode satisfies Declaration,
  run: async (world: OfflineWorld): Promise<void> => {
    const { subject } = world;
    const mesh = { ...subject.mesh(subject.versions.newer), mode };
    assert.deepEqual(subject.plugin.validate(mesh), []);
    assert.ok(objectsOf(await renderAll(world, await world.openCharts(), { mesh })).length > 0);
  },
}));

/** That a plugin has what it declares, and nothing that it does not. */
export const capabilityCases: readonly MeshCase<OfflineWorld>[] = [
  ...modeCases,
  {
    id: 'members-as-declared',
    title: 'has the verbs of what it declares, and no others',
    level,
    run: ({ subject: { plugin } }: OfflineWorld): Promise<void> => {
      const { enroll, canaryUpgrade, goldenSignals = false, modes } = plugin.capabilities;
      assert.ok(modes.length > 0, 'it has no mode');
      const verbs = [
        ...['enroll', 'exemptPort', 'outdatedWorkloads', 'meshedWorkloads'].map(
          (verb) => [verb, enroll] as const,
        ),
        ['enrollAt', canaryUpgrade] as const,
        ['goldenSignals', goldenSignals] as const,
      ];
      for (const [verb, declared] of verbs)
        assert.equal(
          verb in plugin,
          declared,
          `${verb} is ${declared ? 'declared and missing' : 'there and not declared'}`,
        );
      return Promise.resolve();
    },
  },
  {
    id: 'enroll',
    title:
      'enrolls a namespace by labels and annotations that the API server takes, and that do not contradict',
    level,
    needs: 'enroll',
    run: ({ subject }: OfflineWorld): Promise<void> => {
      const { plugin } = subject;
      for (const mode of plugin.capabilities.modes) {
        if (!('enroll' in plugin)) continue;
        checkEnrollment(plugin.enroll(workload, { ...subject.mesh(subject.versions.newer), mode }));
      }
      return Promise.resolve();
    },
  },
  {
    id: 'exempt-port',
    title: 'lets a pod answer at one port in plain text by annotations that say so for any port',
    level,
    needs: 'enroll',
    run: ({ subject: { plugin } }: OfflineWorld): Promise<void> => {
      assert.ok('exemptPort' in plugin);
      const [one, other] = [plugin.exemptPort(8079), plugin.exemptPort(9090)];
      assert.deepEqual(Object.keys(one), Object.keys(other));
      for (const key of Object.keys(one)) assert.match(key, qualifiedName);
      // A mesh that takes nothing over at a port needs no word about it.
      if (Object.keys(one).length > 0)
        assert.ok(Object.values(one).join(' ').includes('8079'), 'it names no port');
      return Promise.resolve();
    },
  },
  {
    id: 'enroll-at',
    title: 'takes a namespace to one of two control planes in a mode that leaves the choice',
    level,
    needs: 'canaryUpgrade',
    run: ({ subject }: OfflineWorld): Promise<void> => {
      const { plugin } = subject;
      assert.ok('enrollAt' in plugin);
      const mesh = subject.mesh(subject.versions.newer);
      const places = plugin.capabilities.modes.flatMap((mode) => {
        const [one, other] = ['1-0-0', '2-0-0'].map((revision) =>
          plugin.enrollAt(revision, { ...mesh, mode }),
        );
        if (one === undefined || other === undefined) return [];
        checkEnrollment(one);
        assert.notDeepEqual(one, other, 'both revisions are the same');
        return [mode];
      });
      assert.ok(places.length > 0, 'no mode leaves a choice');
      return Promise.resolve();
    },
  },
  {
    id: 'mutual-tls',
    title: 'brings mutual TLS for the whole mesh, and lets it be asked for as strict and as permissive',
    level,
    needs: 'mutualTls',
    run: async (world: OfflineWorld): Promise<void> => {
      const secrets = keptInMemory();
      const strict = await objectsWith(world, { secrets, security: { mtls: MutualTls.strict } });
      const permissive = await objectsWith(world, { secrets, security: { mtls: MutualTls.permissive } });
      assert.notDeepEqual(strict, permissive, 'strict and permissive are the same');
    },
  },
  {
    id: 'trust-generations',
    title:
      'makes other keys for another generation of the trust anchor or the issuer, and the same for the same',
    level,
    needs: 'rotatesTrust',
    run: async (world: OfflineWorld): Promise<void> => {
      const secrets = keptInMemory();
      const of = (anchors: number[], issuer: number) =>
        objectsWith(world, { secrets }, { trust: { anchors, issuer } });
      const first = await of([1], 1);
      assert.deepEqual(await of([1], 1), first);
      assert.notDeepEqual(await of([1, 2], 1), first);
      assert.notDeepEqual(await of([1], 2), first);
    },
  },
  {
    id: 'golden-signals',
    title: 'asks Prometheus in PromQL that it reads, the same every time, for each of its modes',
    level,
    needs: 'goldenSignals',
    run: ({ subject: { plugin } }: OfflineWorld): Promise<void> => {
      assert.ok('goldenSignals' in plugin);
      for (const mode of plugin.capabilities.modes) {
        const signals = plugin.goldenSignals(mode);
        assert.deepEqual(plugin.goldenSignals(mode), signals);
        const queries = Object.values<SignalQuery | undefined>({ ...signals.queries }).filter(
          (query) => query !== undefined,
        );
        for (const promql of [signals.subjects.series, ...queries.map((query) => fillQuery(query, asked))])
          assert.deepEqual(promqlErrors(promql), [], promql);
      }
      return Promise.resolve();
    },
  },
  {
    id: 'containers',
    title: 'names the containers that are its own, so that what they use is counted',
    level,
    run: ({ subject: { plugin } }: OfflineWorld): Promise<void> => {
      const { proxies, controlPlane } = plugin.containers();
      for (const { name } of [...proxies, ...controlPlane]) assert.match(name, /^[a-z0-9-]+$/);
      assert.ok(proxies.length > 0 && controlPlane.length > 0, 'it names no proxy or no control plane');
      assert.deepEqual(plugin.containers(), { proxies, controlPlane });
      return Promise.resolve();
    },
  },
];

function checkEnrollment({ labels, annotations, removeLabels }: Enrollment): void {
  for (const key of [...Object.keys(labels), ...Object.keys(annotations), ...removeLabels])
    assert.match(key, qualifiedName);
  for (const value of Object.values(labels)) assert.match(value, /^([A-Za-z0-9_.-]{1,63})?$/);
  for (const removed of removeLabels) assert.ok(!(removed in labels), `${removed} is set and removed`);
}

async function objectsWith(
  world: OfflineWorld,
  wish: Omit<OfflineWish, 'mesh'>,
  more: Partial<OfflineWish['mesh']> = {},
): Promise<unknown> {
  const { subject } = world;
  const mesh = { ...subject.mesh(subject.versions.newer), ...more };
  return byKey(objectsOf(await renderAll(world, await world.openCharts(), { ...wish, mesh })));
}
