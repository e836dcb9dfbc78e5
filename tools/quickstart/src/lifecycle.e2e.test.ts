import {
  addIstioVersion,
  ISTIO_UPGRADE_VERSION,
  ISTIO_VERSION,
  istioValues,
  partContext,
} from '@meshwright/testbed';
import { describe, expect, it } from 'vitest';
import { list, namespaces, readInventory } from './test-support/cluster.ts';
import { editedPattern, examplePattern, installExample, patternFile } from './test-support/example.ts';
import { type Load, startLoad } from './test-support/load.ts';
import { controlPlanes, type MeshedPod, meshedPods } from './test-support/mesh.ts';
import { settings, workload } from './test-support/patterns-repository.ts';
import { exampleProfile, namespacesOfProbes, profileFile } from './test-support/measuring.ts';
import { untilEnded, why } from './test-support/rollouts.ts';
import { editConfiguration, impatient, until } from './test-support/scene.ts';
import { useScene } from './test-support/use-scene.ts';
import { proveTraffic } from './traffic.ts';

/**
 * A life of a mesh on a real node: both versions of Istio are one source under two numbers, because no second version
 * can be built here. Everything else is as it is anywhere: two control planes, two revisions, real sidecars, real load.
 */
let load: Load | undefined;
const here = useScene({
  profile: 'node',
  async prepare(scene) {
    await editConfiguration(scene.workspace, impatient);
    await addIstioVersion(scene.testbed.directory, ISTIO_UPGRADE_VERSION, partContext());
    await scene.startEngine();
  },
});

const revisionOf = (version: string): string => version.replaceAll('.', '-');

/** Commits the pattern with another version of Istio; `hub` is where its images are said to be. */
async function commitVersion(version: string, hub?: string): Promise<string> {
  const edited = await editedPattern(here(), (document) => {
    document.setIn(['spec', 'mesh', 'version'], version);
    document.setIn(['spec', 'mesh', 'values', 'istiod'], document.createNode(istioValues(version)));
    if (hub !== undefined) document.setIn(['spec', 'mesh', 'values', 'istiod', 'global', 'hub'], hub);
    // Only reported: the files beside this one have the machine busy.
    const performance = { profile: profileFile, onRegression: 'report' };
    document.setIn(['spec', 'performance'], document.createNode(performance));
  });
  return here().patterns.commitFiles({ [patternFile]: edited, [profileFile]: exampleProfile(64, '') });
}

/** The revision that new pods of labelled namespaces join, and the one that validates what names none. */
async function switches(): Promise<string[]> {
  const kinds = 'mutatingwebhookconfigurations,validatingwebhookconfigurations';
  const names = ['istio-revision-tag-default', 'istiod-default-validator'];
  return (await list(here(), [kinds]))
    .filter(({ metadata }) => names.includes(metadata.name))
    .map(({ metadata }) => metadata.labels?.['istio.io/rev'] ?? '');
}

/** The only control plane, and the pods of the example with the revision of their sidecars. */
async function expectMesh(version: string): Promise<MeshedPod[]> {
  const revision = revisionOf(version);
  expect(await controlPlanes(here())).toEqual([{ name: `istiod-${revision}`, revision }]);
  expect(await switches()).toEqual([revision, revision]);
  const pods = await until('the old pods to be gone', async () => {
    const found = await meshedPods(here(), 'checkout');
    return found.length === 2 ? found : undefined;
  });
  expect(pods.map((pod) => pod.revision)).toEqual([revision, revision]);
  return pods;
}

async function expectTraffic(): Promise<void> {
  const { testbed } = here();
  const proof = await proveTraffic(testbed.kubeconfig, new AbortController().signal);
  expect(proof.caller).toBe('spiffe://cluster.local/ns/checkout/sa/client');
}

describe('a mesh with live traffic', () => {
  let first = '';

  it('is installed as a revision of its own', async () => {
    first = await installExample(here());
    await expectMesh(ISTIO_VERSION);
    await expectTraffic();
    load = await startLoad(here());
  });

  it('is upgraded beside the running control plane, which is retired once every proxy has left it', async () => {
    const commit = await commitVersion(ISTIO_UPGRADE_VERSION);
    const { status } = await untilEnded(here(), { pattern: examplePattern, commit });
    expect(status).toMatchObject({ phase: 'succeeded', targets: [{ plan: { action: 'upgrade' } }] });
    const [target] = status.targets;
    expect(target?.gate).toMatchObject({ contrast: 'D1', comparisons: [{ endpoint: 'server' }] });
    expect(target?.gate?.comparisons[0]?.judgement?.metrics[0]?.blocks).toBe(5);
    expect(await namespacesOfProbes(here())).toBe('');
    await expectMesh(ISTIO_UPGRADE_VERSION);
    await expectTraffic();
  });

  it('goes back to an earlier rollout when a person says so', async () => {
    await here().meshwright(
      'rollback',
      examplePattern,
      '--to',
      first,
      '--reason',
      'to see it go back',
      '--yes',
    );
    const { status } = await untilEnded(here(), { pattern: examplePattern, commit: first });
    expect(status).toMatchObject({ phase: 'succeeded', targets: [{ plan: { action: 'roll-back' } }] });
    await expectMesh(ISTIO_VERSION);
    await expectTraffic();
  });

  it('takes an upgrade back by itself whose control plane does not start, holds the commit and offers a revert', async () => {
    const before = await expectMesh(ISTIO_VERSION);
    const commit = await commitVersion(ISTIO_UPGRADE_VERSION, 'registry.invalid/absent');
    const { execution, status } = await untilEnded(here(), { pattern: examplePattern, commit });
    expect(execution).toBe('FAILED');
    expect(status).toMatchObject({ phase: 'rolled-back', failure: { stage: 'control-plane' } });
    expect(status.hold?.revert).toMatch(/^meshwright\/revert-/);
    expect(await here().patterns.git('branch', '--list', status.hold?.revert ?? '')).not.toBe('');
    expect(await expectMesh(ISTIO_VERSION)).toEqual(before);
    const inventory = await readInventory(here(), examplePattern);
    expect(inventory?.declared).toEqual(inventory?.needed);
  });

  it('lost no request through all of it', async () => {
    const result = await load?.stop();
    load = undefined;
    console.log(`load: ${JSON.stringify(result)}`);
    expect(Object.keys(result?.codes ?? {})).toEqual(['200']);
    expect(result?.requests).toBeGreaterThan(1_000);
  });

  it('is taken away when its file is removed and a person confirms: the workloads run on without sidecars', async () => {
    const { patterns } = here();
    const meshwright = (...args: string[]): Promise<unknown> => here().meshwright(...args);
    const commit = await patterns.commitFiles({ [patternFile]: undefined });
    const rollout = { pattern: examplePattern, commit };
    const waiting = await until('the question', async () => {
      const { status } = (await meshwright('status', `${examplePattern}@${commit.slice(0, 12)}`)) as {
        status?: { phase: string; approval?: { subject: string } };
      };
      return status?.phase === 'awaiting-approval' ? status : undefined;
    });
    await meshwright(
      'approve',
      `${examplePattern}@${commit.slice(0, 12)}`,
      '--subject',
      waiting.approval?.subject ?? '',
      '--as',
      'grace',
    );
    const { status } = await untilEnded(here(), rollout);
    expect(status).toMatchObject({ phase: 'succeeded', purpose: 'uninstall' });
    expect(await controlPlanes(here())).toEqual([]);
    const pods = await until('the old pods to be gone', async () => {
      const found = await meshedPods(here(), 'checkout');
      return found.length === 2 ? found : undefined;
    });
    expect(pods.map(({ revision }) => revision)).toEqual([undefined, undefined]);
    const kinds = await here().kubectl('get', 'customresourcedefinitions', '--output=name');
    expect(kinds).not.toContain('istio.io');
    // What is held there is still written down.
    expect((await readInventory(here(), examplePattern))?.members).toEqual([]);
  });
});

describe('a workload whose image cannot be pulled', () => {
  it('is named with its stage, and the change is taken back', async () => {
    const image = 'registry.invalid/absent:1';
    const manifests = [settings(), workload('web', image)];
    const committed = await here().patterns.commitPattern({ manifests });
    const { execution, status } = await untilEnded(here(), committed);
    expect(execution).toBe('FAILED');
    expect(status).toMatchObject({
      phase: 'rolled-back',
      failure: { code: 'NOT_READY', stage: 'workloads' },
    });
    expect(status.failure?.message).toContain(`Deployment ${committed.namespace}/web`);
    expect(status.failure?.message).toMatch(/ImagePullBackOff|ErrImagePull/);
    expect(status.failure?.message).toContain(image);
    expect(status.failure?.remedy).toContain("Check the image's name and tag");
    expect(await why(here(), committed)).toContain(image);

    expect((await readInventory(here(), committed.pattern))?.members).toEqual([]);
    const left = await namespaces(here());
    expect(left).not.toContain('istio-system');
    expect(left).not.toContain(committed.namespace);
  });
});
