import { strict as assert } from 'node:assert';
import { type ErrorCode, isMeshwrightError, type MeshSpec, messageOf } from '@meshwright/model';
import { MeshLevel, type MeshCase } from '../suite.ts';
import { changeOf, contextOf, installed, type OfflineWish, type OfflineWorld, renderAll } from './world.ts';

const level = MeshLevel.offline;

/** What is refused before any cluster is touched, and how. */
export const refusalCases: readonly MeshCase<OfflineWorld>[] = [
  {
    id: 'accepts-what-is-right',
    title: 'finds nothing wrong with its mesh in both versions, alone and with every component',
    level,
    run: ({ subject }: OfflineWorld): Promise<void> => {
      const { older, newer } = subject.versions;
      for (const version of [older, newer]) {
        assert.deepEqual(subject.plugin.validate(subject.mesh(version)), []);
        assert.deepEqual(subject.plugin.validate(subject.everything(version)), []);
      }
      return Promise.resolve();
    },
  },
  {
    id: 'refuses-what-is-wrong',
    title:
      'names the field of every mistake in the mesh section, what is wrong with it and what to write instead',
    level,
    run: ({ subject }: OfflineWorld): Promise<void> => {
      assert.ok(subject.refused.length > 0, 'there is no wrong mesh section to refuse');
      for (const { what, mesh, field } of subject.refused) {
        const problems = subject.plugin.validate(mesh);
        const problem = problems.find((each) => each.field === field);
        const fields = problems.map((each) => each.field).join(', ');
        assert.ok(problem !== undefined, `${what}: it refuses ${fields || 'nothing'}, not ${field}`);
        assert.match(problem.message, /\w+ \w+/, `${what}: it does not say what is wrong`);
        assert.match(problem.suggestion ?? '', /\w+/, `${what}: it suggests nothing`);
      }
      return Promise.resolve();
    },
  },
  {
    id: 'refuses-foreign',
    title: 'does not touch what another tool installed, and says how it is taken over',
    level,
    run: async (world: OfflineWorld): Promise<void> => {
      const mesh = world.subject.mesh(world.subject.versions.older);
      const installations = [installed(world, { managedBy: 'helm' })];
      await refusedWith(['FOREIGN_INSTALLATION'], planning(world, { mesh, installations }));
    },
  },
  {
    id: 'refuses-a-leap',
    title: 'does not change a version to one that is too far away, and says how to get there',
    level,
    run: async (world: OfflineWorld): Promise<void> => {
      const { subject } = world;
      const mesh = subject.mesh(subject.versions.newer);
      const installations = [installed(world, { version: subject.tooOld })];
      await refusedWith(['UNSUPPORTED', 'PREFLIGHT_FAILED'], planning(world, { mesh, installations }));
    },
  },
  {
    id: 'refuses-unknown-stages',
    title: 'renders and verifies its own stages only',
    level,
    run: async (world: OfflineWorld): Promise<void> => {
      const { plugin, versions } = world.subject;
      const mesh = world.subject.mesh(versions.older);
      const charts = await world.openCharts();
      const context = contextOf(charts, { mesh });
      const stage = { id: 'no-such-stage', title: 'None', kind: 'apply', timeoutSeconds: 1 } as const;
      const { type, version, mode } = mesh;
      const state = { type, version, mode, revision: 'default', enrolledNamespaces: [] };
      // What to do about a defect of the engine nobody can say.
      await refusedWith(['INVALID_INPUT'], plugin.render(stage, changeOf({ mesh }), context), 'any');
      await refusedWith(['INVALID_INPUT'], plugin.verify(stage.id, { mesh: state }, context), 'any');
    },
  },
  {
    id: 'names-wrong-values',
    title: 'says which chart cannot be had, and does not go on without it',
    level,
    run: async (world: OfflineWorld): Promise<void> => {
      const mesh: MeshSpec = { ...world.subject.mesh(world.subject.versions.newer), version: '9999.9.9' };
      // A plugin may know by itself that there is no such version.
      await refusedWith(
        ['CHART_MISSING', 'CHART_UNAVAILABLE', 'CHART_REFUSED', 'UNSUPPORTED', 'PREFLIGHT_FAILED'],
        world.openCharts().then((charts) => renderAll(world, charts, { mesh })),
      );
    },
  },
];

async function planning(world: OfflineWorld, wish: OfflineWish): Promise<unknown> {
  return world.subject.plugin.plan(changeOf(wish), contextOf(await world.openCharts(), wish));
}

/** Fails where it is not refused, not by one of these codes, or without a way out. */
async function refusedWith(
  codes: readonly ErrorCode[],
  asked: Promise<unknown>,
  remedy: 'must' | 'any' = 'must',
): Promise<void> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error !== undefined, `it was not refused; ${codes.join(' or ')} was due`);
  assert.ok(isMeshwrightError(error), `it failed with ${messageOf(error)}`);
  assert.ok(codes.includes(error.code), `${error.code}, not ${codes.join(' or ')}: ${error.message}`);
  assert.match(error.message, /\w+ \w+/, `${error.code} says nothing`);
  if (remedy === 'must') assert.match(error.details.remedy ?? '', /\w+ \w+/, `${error.code} has no remedy`);
}
