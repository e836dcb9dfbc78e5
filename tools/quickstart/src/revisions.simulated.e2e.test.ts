import { ISTIO_UPGRADE_VERSION, ISTIO_VERSION } from '@meshwright/testbed';
import type { RolloutStatus } from '@meshwright/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countRollouts, readInventory, removeEverything } from './test-support/cluster.ts';
import { patternFiles, settings, workload } from './test-support/patterns-repository.ts';
import { untilEnded } from './test-support/rollouts.ts';
import { openScene, type Scene } from './test-support/scene.ts';

/** Both versions are one source under two numbers: what is tried is the order of things, not two versions' code. */
let scene: Scene | undefined;

const pattern = 'revisions';
const old = ISTIO_VERSION.replaceAll('.', '-');
const young = ISTIO_UPGRADE_VERSION.replaceAll('.', '-');

function here(): Scene {
  if (scene === undefined) throw new Error('There is no scene.');
  return scene;
}

beforeAll(async () => {
  scene = await openScene('control-plane');
  scene.startStandIn();
  await scene.startEngine();
});
afterAll(() => scene?.stop());

/** Commits a version of the mesh and waits for the rollout's good end. */
async function commit(
  version: string,
  { colour = 'green', upgrade = 'canary' }: { colour?: string; upgrade?: string } = {},
): Promise<RolloutStatus> {
  const manifests = [{ ...settings(), data: { colour } }, workload('web', 'registry.example/web:1')];
  const files = patternFiles(pattern, { version, manifests, upgrade });
  const id = await here().patterns.commitFiles(files);
  const { status } = await untilEnded(here(), { pattern, commit: id });
  expect(status).toMatchObject({ phase: 'succeeded' });
  return status;
}

/** The revision that new pods of labelled namespaces join, and the one that validates what names none. */
async function switches(): Promise<string[]> {
  const kinds = 'mutatingwebhookconfigurations,validatingwebhookconfigurations';
  const text = await here().kubectl('get', kinds, '--output=json');
  const { items } = JSON.parse(text) as {
    items: { metadata: { name: string; labels: Record<string, string> } }[];
  };
  return items
    .filter(({ metadata }) =>
      ['istio-revision-tag-default', 'istiod-default-validator'].includes(metadata.name),
    )
    .map(({ metadata }) => metadata.labels['istio.io/rev'] ?? '');
}

async function expectMesh(revision: string): Promise<void> {
  expect(await switches()).toEqual([revision, revision]);
  await expectOnly(`istiod-${revision}`);
}

/** There is one control plane, and it is the inventory's. */
async function expectOnly(name: string): Promise<void> {
  const istiods = await here().kubectl('get', 'deployments', '--namespace=istio-system', '--output=name');
  expect(istiods.trim()).toBe(`deployment.apps/${name}`);
  const inventory = await readInventory(here(), pattern);
  expect(inventory?.declared).toEqual(inventory?.needed);
  expect(inventory?.members).toContain(`Deployment istio-system/${name}`);
}

function stagesOf({ targets: [target] }: RolloutStatus): string[] {
  return target?.plan?.stages.map(({ id }) => id) ?? [];
}

describe('a control plane with a revision', () => {
  it('is installed, and then the tag that makes it inject', async () => {
    const status = await commit(ISTIO_VERSION);
    expect(stagesOf(status).slice(0, 3)).toEqual(['crds', 'control-plane', 'tag']);
    await expectMesh(old);
  });

  it('stays untouched by a commit that changes a workload', async () => {
    const before = await countRollouts(here());
    const status = await commit(ISTIO_VERSION, { colour: 'blue' });
    expect(status.targets[0]?.plan).toMatchObject({
      action: 'configure',
      counts: { create: 0, update: 1, delete: 0 },
    });
    expect(await countRollouts(here())).toEqual(before);
  });

  it('gives way to one beside it, and is retired last', async () => {
    const status = await commit(ISTIO_UPGRADE_VERSION);
    expect(status.targets[0]?.plan).toMatchObject({ action: 'upgrade', mesh: { revision: young } });
    expect(stagesOf(status).at(-1)).toBe('prune');
    await expectMesh(young);
  });

  it('comes back when an earlier version is committed', async () => {
    const status = await commit(ISTIO_VERSION);
    expect(status.targets[0]?.plan).toMatchObject({ action: 'roll-back', mesh: { revision: old } });
    await expectMesh(old);
    await removeEverything(here());
  });
});

describe('a control plane without a revision', () => {
  const upgrade = 'in-place';

  it('is installed with an injector of its own instead of a tag', async () => {
    const status = await commit(ISTIO_VERSION, { upgrade });
    expect(status.targets[0]?.plan).toMatchObject({ action: 'install', mesh: { revision: 'default' } });
    expect(await switches()).toEqual(['default']);
    await expectOnly('istiod');
  });

  it('is upgraded in place, and back', async () => {
    for (const [version, action] of [
      [ISTIO_UPGRADE_VERSION, 'upgrade'],
      [ISTIO_VERSION, 'roll-back'],
    ] as const) {
      const status = await commit(version, { upgrade });
      expect(status.targets[0]?.plan).toMatchObject({ action, mesh: { version, revision: 'default' } });
      await expectOnly('istiod');
    }
  });
});
