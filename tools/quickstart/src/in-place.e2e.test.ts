import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Plan, workflowId } from '@meshwright/model';
import {
  addIstioVersion,
  ensurePart,
  ISTIO_HUB,
  ISTIO_UPGRADE_VERSION,
  ISTIO_VERSION,
  istioctlManifests,
  istioctlSettings,
  istioValues,
  partContext,
} from '@meshwright/testbed';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { list, readInventory } from './test-support/cluster.ts';
import { commitMeshedExample, editedPattern, examplePattern, patternFile } from './test-support/example.ts';
import { type Load, startLoad } from './test-support/load.ts';
import { controlPlanes, type MeshedPod, meshedPods } from './test-support/mesh.ts';
import { untilEnded, untilStage } from './test-support/rollouts.ts';
import { type Scene, until } from './test-support/scene.ts';
import { useScene } from './test-support/use-scene.ts';
import { proveTraffic } from './traffic.ts';

/**
 * An Istio that istioctl put on a real node, with workloads and load, taken over and then upgraded in place. Both
 * versions are one source under two numbers, because no second version can be built here.
 */
const execute = promisify(execFile);
const apps = fileURLToPath(new URL('../../../examples/apps/checkout', import.meta.url));

let load: Load | undefined;
const here = useScene({
  profile: 'node',
  purpose: 'in-place',
  async prepare(scene) {
    await Promise.all([
      addIstioVersion(scene.testbed.directory, ISTIO_UPGRADE_VERSION, partContext()),
      installByIstioctl(scene),
      scene.startEngine(),
    ]);
    await runExample(scene);
    load = await startLoad(scene);
  },
});

/** Installs as Istio's guide says, without a revision. */
async function installByIstioctl(given: Scene): Promise<void> {
  const settings = await given.write(stringify(istioctlSettings(ISTIO_VERSION)));
  const from = ['--filename', settings, '--manifests', await istioctlManifests()];
  const where = ['--kubeconfig', given.testbed.kubeconfig, '--skip-confirmation'];
  await execute(await ensurePart('istioctl'), ['install', ...from, ...where]);
}

/** The workloads of the example, with sidecars, by nobody but kubectl. */
async function runExample(given: Scene): Promise<void> {
  const metadata = { name: 'checkout', labels: { 'istio-injection': 'enabled' } };
  const namespace = await given.write(stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
  await given.kubectl('apply', '--filename', namespace);
  const there = ['--namespace', 'checkout'];
  await given.kubectl('apply', ...there, '--filename', apps);
  const available = ['--for=condition=Available', 'deployments', '--all', '--timeout=15s'];
  await until('the example to run', () => given.kubectl('wait', ...there, ...available));
}

/** Everything that istioctl applied, as it labels it. */
async function installed(): Promise<string[]> {
  const kinds = await here().kubectl('api-resources', '--verbs=list,delete', '--output=name');
  const every = [kinds.trim().replaceAll('\n', ','), '--all-namespaces'];
  const items = await list(here(), [...every, '--selector', 'install.operator.istio.io/owning-resource']);
  return items
    .filter(({ kind, metadata }) => kind !== 'Endpoints' && metadata.ownerReferences === undefined)
    .map(
      ({ kind, metadata: { namespace, name } }) =>
        `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    );
}

/** What runs of the mesh: istiod and the pods of the example, without those that are leaving. */
async function running(): Promise<{ istiods: MeshedPod[]; pods: MeshedPod[] }> {
  return until('the old pods to be gone', async () => {
    const [istiods, pods] = await Promise.all([
      meshedPods(here(), 'istio-system'),
      meshedPods(here(), 'checkout'),
    ]);
    return istiods.length === 1 && pods.length === 2 ? { istiods, pods } : undefined;
  });
}

async function expectMesh(version: string): Promise<void> {
  expect(await controlPlanes(here())).toEqual([{ name: 'istiod', revision: 'default' }]);
  const { istiods, pods } = await running();
  expect(istiods.map(({ images }) => images)).toEqual([[`${ISTIO_HUB}/pilot:${version}`]]);
  expect(pods.map(({ revision }) => revision)).toEqual(['default', 'default']);
  for (const { images } of pods) expect(images).toContain(`${ISTIO_HUB}/proxyv2:${version}`);
  const { caller } = await proveTraffic(here().testbed.kubeconfig, new AbortController().signal);
  expect(caller).toBe('spiffe://cluster.local/ns/checkout/sa/client');
}

/** Commits the newer version, in place of the older; `hub` is where its images are said to be. */
async function commitUpgrade(hub = ISTIO_HUB): Promise<string> {
  const edited = await editedPattern(here(), (document) => {
    document.setIn(['spec', 'mesh', 'version'], ISTIO_UPGRADE_VERSION);
    document.setIn(['spec', 'mesh', 'upgrade'], 'in-place');
    const { global, ...values } = istioValues(ISTIO_UPGRADE_VERSION);
    const istiod = document.createNode({ ...values, global: { ...global, hub } });
    document.setIn(['spec', 'mesh', 'values', 'istiod'], istiod);
  });
  return here().patterns.commitFiles({ [patternFile]: edited });
}

describe('an Istio that istioctl installed, with live traffic', () => {
  let commit = '';

  it('is not touched by a commit', async () => {
    ({ commit } = await commitMeshedExample(here()));
    const { status } = await untilEnded(here(), { pattern: examplePattern, commit });
    expect(status).toMatchObject({ phase: 'failed', failure: { code: 'FOREIGN_INSTALLATION' } });
  });

  it('is taken over without a restart', async () => {
    await expectMesh(ISTIO_VERSION);
    const before = await running();
    const rollout = here().temporal.client.workflow.getHandle(workflowId.rollout(examplePattern, commit));
    const { runId } = await rollout.describe();
    await here().meshwright('adopt', examplePattern, '--yes');
    await until('another run', async () => ((await rollout.describe()).runId === runId ? undefined : true));
    const { status } = await untilEnded(here(), { pattern: examplePattern, commit });
    expect(status.failure).toBeUndefined();
    expect(status).toMatchObject({ phase: 'succeeded', targets: [{ plan: { action: 'adopt' } }] });
    expect(await running()).toEqual(before);
    await expectMesh(ISTIO_VERSION);
    const inventory = await readInventory(here(), examplePattern);
    expect(inventory?.members).toEqual(
      expect.arrayContaining(['Deployment istio-system/istiod', 'Deployment checkout/server']),
    );
    expect(inventory?.members).toEqual(expect.arrayContaining(await installed()));
  });

  it('is what the pattern says then: the next plan is empty', async () => {
    const where = ['--directory', here().workspace.repository, '--repository', 'patterns'];
    const [planned] = (await here().meshwright('plan', examplePattern, ...where)) as { plan: Plan }[];
    const stages = planned?.plan.stages ?? [];
    expect(stages).not.toEqual([]);
    expect(stages.flatMap(({ changes }) => changes.filter(({ change }) => change !== 'unchanged'))).toEqual(
      [],
    );
    expect(stages.flatMap(({ restarts, deletes, releases }) => [restarts, deletes, releases].flat())).toEqual(
      [],
    );
  });

  it('keeps its control plane until the new one is ready, and is as it was when the upgrade is cancelled', async () => {
    const before = await running();
    const upgrade = await commitUpgrade('registry.invalid/absent');
    await untilStage(here(), 'control-plane', 'verifying');
    await until('the new control plane to be tried', async () => {
      const { length } = await meshedPods(here(), 'istio-system');
      return length === 2 ? true : undefined;
    });
    await here().meshwright('cancel', examplePattern, '--yes', '--reason', 'there is no such image');
    const { status } = await untilEnded(here(), { pattern: examplePattern, commit: upgrade });
    expect(status).toMatchObject({ phase: 'rolled-back', targets: [{ plan: { action: 'upgrade' } }] });
    expect(await running()).toEqual(before);
  });

  it('is upgraded in place, and every proxy with it', async () => {
    const before = await running();
    const upgrade = await commitUpgrade();
    const { status } = await untilEnded(here(), { pattern: examplePattern, commit: upgrade });
    expect(status.failure).toBeUndefined();
    expect(status).toMatchObject({ phase: 'succeeded', targets: [{ plan: { action: 'upgrade' } }] });
    await expectMesh(ISTIO_UPGRADE_VERSION);
    const stayed = before.pods.map(({ uid }) => uid);
    const { pods } = await running();
    expect(pods.filter(({ uid }) => stayed.includes(uid))).toEqual([]);
  });

  it('lost no request through all of it', async () => {
    const result = await load?.stop();
    load = undefined;
    console.log(`load: ${JSON.stringify(result)}`);
    expect(Object.keys(result?.codes ?? {})).toEqual(['200']);
    expect(result?.requests).toBeGreaterThan(500);
  });
});
