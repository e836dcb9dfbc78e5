import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RolloutStatus, workflowId } from '@meshwright/model';
import { ensurePart, ISTIO_UPGRADE_VERSION, ISTIO_VERSION, istioCharts } from '@meshwright/testbed';
import { describe, expect, it } from 'vitest';
import { countRollouts, readInventory } from './test-support/cluster.ts';
import { patternFiles, settings } from './test-support/patterns-repository.ts';
import { untilEnded, why } from './test-support/rollouts.ts';
import { until } from './test-support/scene.ts';
import { useScene } from './test-support/use-scene.ts';

const execute = promisify(execFile);

const here = useScene({
  profile: 'control-plane',
  prepare(scene) {
    scene.startStandIn();
    return scene.startEngine();
  },
});

const pattern = 'adopted';
const young = ISTIO_UPGRADE_VERSION.replaceAll('.', '-');

/** Installs as Istio's guide says, with Helm itself. */
async function installByHelm(): Promise<void> {
  const helm = await ensurePart('helm');
  const charts = await istioCharts();
  for (const [release, chart] of [
    ['istio-base', 'base'],
    ['istiod', 'istiod'],
  ] as const) {
    const { kubeconfig } = here().testbed;
    const where = ['--namespace', 'istio-system', '--create-namespace', '--kubeconfig', kubeconfig];
    await execute(helm, ['install', release, join(charts, chart), ...where]);
  }
}

async function commit(version: string, colour = 'green'): Promise<{ id: string; status: RolloutStatus }> {
  const manifests = [{ ...settings(), data: { colour } }];
  const id = await here().patterns.commitFiles(patternFiles(pattern, { version, manifests }));
  const { status } = await untilEnded(here(), { pattern, commit: id });
  return { id, status };
}

describe('an Istio that Helm installed', () => {
  let id = '';

  it('is not touched by a commit, which says how it is taken over', async () => {
    await installByHelm();
    const committed = await commit(ISTIO_VERSION);
    id = committed.id;
    expect(committed.status).toMatchObject({ phase: 'failed', failure: { code: 'FOREIGN_INSTALLATION' } });
    expect(committed.status.failure?.remedy).toContain('meshwright adopt');
  });

  it('is taken over without a restart', async () => {
    const before = await countRollouts(here());
    const rollout = here().temporal.client.workflow.getHandle(workflowId.rollout(pattern, id));
    const { runId } = await rollout.describe();
    await here().meshwright('adopt', pattern, '--yes');
    await until('another run', async () => ((await rollout.describe()).runId === runId ? undefined : true));
    const { status } = await untilEnded(here(), { pattern, commit: id });
    expect(status.failure).toBeUndefined();
    expect(status).toMatchObject({ phase: 'succeeded' });
    expect(status.targets[0]?.plan).toMatchObject({ action: 'adopt', mesh: { revision: 'default' } });
    const istiod = 'istio-system/istiod';
    const after = await countRollouts(here());
    expect(after[istiod]?.replicaSets).toBe(before[istiod]?.replicaSets);
    const inventory = await readInventory(here(), pattern);
    expect(inventory?.members).toContain('Deployment istio-system/istiod');
    const record = [
      'secrets',
      '--namespace=istio-system',
      '--selector=owner=helm,name in (istio-base,istiod)',
    ];
    expect((await here().kubectl('delete', ...record)).trim().split('\n')).toHaveLength(2);
  });

  it('is not changed by the next commit, which changes something else', async () => {
    const { status } = await commit(ISTIO_VERSION, 'blue');
    expect(status).toMatchObject({ phase: 'succeeded' });
    expect(status.targets[0]?.plan).toMatchObject({
      action: 'configure',
      counts: { create: 0, update: 1, delete: 0 },
    });
  });

  it('leaves a field to whoever set it by hand and says how it should be, until it is given back as it says', async () => {
    const patch = JSON.stringify({ data: { colour: 'red' } });
    await here().kubectl('patch', 'configmap/settings', `--namespace=${pattern}`, '--patch', patch);
    const { id, status } = await commit(ISTIO_VERSION, 'yellow');
    expect(status).toMatchObject({ phase: 'failed', failure: { code: 'FIELD_CONFLICT' } });
    const line = `ConfigMap ${pattern}/settings .data.colour: live "red", desired "yellow", owned by kubectl-patch`;
    expect(status.failure?.lines).toContain(line);
    expect(await why(here(), { pattern })).toContain(JSON.stringify(line).slice(1, -1));
    const [, command = ''] = /kubectl (patch .*)$/.exec(status.failure?.remedy ?? '') ?? [];
    await here().kubectl(...command.replaceAll("'", '').split(' '));
    await here().meshwright('retry', pattern, '--reason', 'it was given back', '--yes');
    await until('the rollout to succeed', async () => {
      const ended = await untilEnded(here(), { pattern, commit: id });
      return ended.status.phase === 'succeeded' ? true : undefined;
    });
  });

  it('gives way to a control plane with a revision', async () => {
    const { status } = await commit(ISTIO_UPGRADE_VERSION);
    expect(status).toMatchObject({ phase: 'succeeded' });
    const istiods = await here().kubectl('get', 'deployments', '--namespace=istio-system', '--output=name');
    expect(istiods.trim()).toBe(`deployment.apps/istiod-${young}`);
    const injectors = await here().kubectl('get', 'mutatingwebhookconfigurations', '--output=name');
    expect(injectors.trim().split('\n').sort()).toEqual([
      'mutatingwebhookconfiguration.admissionregistration.k8s.io/istio-revision-tag-default',
      `mutatingwebhookconfiguration.admissionregistration.k8s.io/istio-sidecar-injector-${young}`,
    ]);
  });
});
