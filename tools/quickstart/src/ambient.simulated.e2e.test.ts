import { gatewayApiDefinitions, ISTIO_UPGRADE_VERSION, ISTIO_VERSION } from '@meshwright/testbed';
import type { RolloutStatus } from '@meshwright/model';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { StandIn } from './stand-in.ts';
import { standInForAmbient } from './test-support/ambient-stand-in.ts';
import { readInventory } from './test-support/cluster.ts';
import { workload } from './test-support/patterns-repository.ts';
import { untilEnded, untilPlanned } from './test-support/rollouts.ts';
import { useScene } from './test-support/use-scene.ts';

/**
 * Ambient mode with Istio's own charts on a real API server, whose pods are simulated: what is tried is the order of
 * things and what each waits for. No node proxy ran, and no traffic went through one.
 */
let standIn: StandIn | undefined;
const here = useScene({
  profile: 'control-plane',
  prepare(scene) {
    scene.startStandIn();
    standIn = standInForAmbient(scene);
    return scene.startEngine();
  },
});

const pattern = 'ambient';
const path = `patterns/${pattern}.yaml`;

afterAll(() => standIn?.stop());

async function commit(
  version: string,
  image = 'web:2',
): Promise<{ pattern: string; commit: string; namespace: string; path: string }> {
  const spec = {
    targets: [{ cluster: 'local' }],
    mesh: { type: 'istio', version, mode: 'ambient' },
    workloads: [{ namespace: pattern, enroll: true, waypoint: true, manifests: [`apps/${pattern}/*.yaml`] }],
  };
  const document = {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'Pattern',
    metadata: { name: pattern },
    spec,
  };
  const id = await here().patterns.commitFiles({
    [path]: stringify(document),
    [`apps/${pattern}/web.yaml`]: stringify(workload('web', `registry.example/${image}`)),
  });
  return { pattern, commit: id, namespace: pattern, path };
}

function stagesOf({ targets: [target] }: RolloutStatus): string[] {
  return target?.plan?.stages.map(({ id }) => id) ?? [];
}

async function get<T>(...query: string[]): Promise<T> {
  return JSON.parse(await here().kubectl('get', ...query, '--output=json')) as T;
}

interface Named {
  metadata: {
    name: string;
    uid: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/** The workload's pods by their identity: a restart would give them another. */
async function pods(): Promise<string[]> {
  const { items } = await get<{ items: Named[] }>('pods', `--namespace=${pattern}`, '--selector=app=web');
  return items.map(({ metadata }) => metadata.uid).sort();
}

/** The control plane that the node proxies ask. */
async function asked(): Promise<string | undefined> {
  const { spec } = await get<{
    spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
  }>('daemonset', 'ztunnel', '--namespace=istio-system');
  return spec.template.spec.containers[0]?.env.find(({ name }) => name === 'XDS_ADDRESS')?.value;
}

function addressOf(version: string): string {
  return `istiod-${version.replaceAll('.', '-')}.istio-system.svc:15012`;
}

let before: string[] = [];

describe('an ambient mesh', () => {
  it('with a waypoint is refused without the Gateway API, and says what to install', async () => {
    const { status } = await untilEnded(here(), await commit(ISTIO_VERSION, 'web:1'));
    expect(status.failure).toMatchObject({ code: 'PREFLIGHT_FAILED' });
    expect(status.failure?.lines?.join('\n')).toMatch(
      /\[gateway-api\] .*install the CRDs of the Gateway API/,
    );
    expect(await here().kubectl('get', 'namespaces', '--output=name')).not.toContain('istio-system');
    await here().kubectl('apply', '--server-side', '--filename', await gatewayApiDefinitions());
  });

  it('is installed in the order that its parts need each other', async () => {
    const { status } = await untilEnded(here(), await commit(ISTIO_VERSION));
    expect(status).toMatchObject({ phase: 'succeeded' });
    expect(stagesOf(status)).toEqual([
      'crds',
      'control-plane',
      'cni',
      'ztunnel',
      'tag',
      'workloads',
      'waypoints',
      'verify',
    ]);
    const { metadata } = await get<Named>('namespace', pattern);
    expect(metadata.labels).toMatchObject({
      'istio.io/dataplane-mode': 'ambient',
      'istio.io/use-waypoint': 'waypoint',
    });
    expect(await asked()).toBe(addressOf(ISTIO_VERSION));
    const inventory = await readInventory(here(), pattern);
    expect(inventory?.declared).toEqual(inventory?.needed);
    expect(inventory?.members).toContain(`Gateway ${pattern}/waypoint`);
    before = await pods();
    expect(before).toHaveLength(1);
  });

  it('is upgraded once a person has confirmed it, and no workload restarts', async () => {
    const committed = await commit(ISTIO_UPGRADE_VERSION);
    const approve = await untilPlanned(here(), committed);
    await approve();
    const { status } = await untilEnded(here(), committed);
    expect(status).toMatchObject({ phase: 'succeeded' });
    expect(status.targets[0]?.plan).toMatchObject({
      action: 'upgrade',
      restarts: 0,
      confirmations: [expect.stringContaining('node by node') as string],
    });
    expect(await asked()).toBe(addressOf(ISTIO_UPGRADE_VERSION));
    expect(await pods()).toEqual(before);
  });

  it('goes back when the earlier version is committed, node proxies before the control plane', async () => {
    const committed = await commit(ISTIO_VERSION);
    const approve = await untilPlanned(here(), committed);
    await approve();
    const { status } = await untilEnded(here(), committed);
    expect(status).toMatchObject({ phase: 'succeeded' });
    const order = stagesOf(status).filter((id) => ['ztunnel', 'cni', 'tag', 'prune'].includes(id));
    expect(order).toEqual(['ztunnel', 'cni', 'tag', 'prune']);
    expect(await asked()).toBe(addressOf(ISTIO_VERSION));
    expect(await pods()).toEqual(before);
  });

  it('goes away only when no pod is captured, and the workloads stay as they are', async () => {
    const id = await here().patterns.commitFiles({ [path]: undefined });
    const committed = { pattern, commit: id, namespace: pattern, path };
    const approve = await untilPlanned(here(), committed);
    await approve();
    const { status } = await untilEnded(here(), committed);
    expect(status).toMatchObject({ phase: 'succeeded', purpose: 'uninstall' });
    const order = stagesOf(status).filter((stage) => ['leave', 'left', 'mesh'].includes(stage));
    expect(order).toEqual(['leave', 'left', 'mesh']);
    const { metadata } = await get<Named>('namespace', pattern);
    expect(Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith('istio.io/'))).toEqual([]);
    expect(await pods()).toEqual(before);
    expect(await readInventory(here(), pattern)).toBeUndefined();
  });
});
