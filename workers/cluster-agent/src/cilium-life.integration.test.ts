import { randomBytes } from 'node:crypto';
import { meshCilium } from '@meshwright/mesh-cilium';
import { type MeshSpec, type Plan, referenceOf } from '@meshwright/model';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Bench, openBench, type PlanParts } from './test-support/bench.ts';
import { custom, definitionNames, standInForCilium } from './test-support/cilium-stand-in.ts';
import { deployment, namespaceObject } from './test-support/small-mesh.ts';

/**
 * Cilium's life on a real API server, with Cilium's own charts of two minor versions. The nodes are simulated: their pods
 * become ready without running, and what the operator and the agents make is made by a stand-in.
 */

const previous = '1.19.7';
const newest = '1.20.2';
const system = 'kube-system';
const ours = { operator: { replicas: 1 }, kubeProxyReplacement: true, k8sServiceHost: 'api' };
const agents = { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: system, name: 'cilium' };

let bench: Bench;
let shop: string;

/** A second node, on which nothing but agents starts: other tests share the cluster. */
async function addNode(): Promise<string> {
  const name = `cilium-${randomBytes(4).toString('hex')}`;
  const resources = { cpu: '16', memory: '64Gi', pods: '110' };
  const [first] = await bench.cluster.list({ apiVersion: 'v1', kind: 'Node' });
  await bench.cluster.apply(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: { ...first?.metadata.labels, 'kubernetes.io/hostname': name },
      },
      spec: { taints: [{ key: 'meshwright.dev/test', value: 'cilium', effect: 'NoSchedule' }] },
      status: { allocatable: resources, capacity: resources },
    },
    { fieldManager: 'test' },
  );
  onTestFinished(() => remove({ apiVersion: 'v1', kind: 'Node', name }));
  return name;
}

async function remove(reference: Parameters<Bench['cluster']['get']>[0]): Promise<void> {
  const live = await bench.cluster.get(reference);
  if (live !== undefined) await bench.cluster.delete(reference, live.metadata.uid ?? '');
}

function mesh(version: string, more: Partial<MeshSpec> = {}): MeshSpec {
  return {
    type: 'cilium',
    version,
    mode: 'node',
    upgrade: 'in-place',
    components: ['hubble', 'hubble-ui'],
    values: { cilium: ours },
    ...more,
  };
}

function parts(version: string, more: Partial<MeshSpec> = {}): PlanParts {
  const server = deployment(shop, 'server');
  const running = { ...server, spec: { ...(server.spec as object), replicas: 2 } };
  return {
    spec: { mesh: mesh(version, more) },
    workloads: [{ namespace: shop, enroll: true, objects: [running] }],
    resources: [custom('CiliumNetworkPolicy', 'ours', shop)],
  };
}

/** A workload with a pod that had its network before there was Cilium. */
async function startBefore(): Promise<void> {
  const old = deployment(shop, 'old');
  const running = { ...old, spec: { ...(old.spec as object), replicas: 1 } };
  for (const object of [namespaceObject(shop), running]) {
    await bench.cluster.apply(object, { fieldManager: 'somebody' });
  }
  const pods = { apiVersion: 'v1', kind: 'Pod', namespace: shop };
  await vi.waitFor(async () => expect(await bench.cluster.list(pods)).toHaveLength(1), { timeout: 30_000 });
}

/** Carries out the plan that was made last; what Cilium makes by itself is there before it is looked for. */
async function carryOut(plan: Plan): Promise<void> {
  for (const { id } of plan.stages) {
    // The operator makes its kinds as soon as it runs, and agents know pods as soon as they start.
    if (id === 'configuration' || id === 'verify') await standInForCilium(bench.cluster, [shop]);
    await bench.carryOutStage(id);
  }
}

async function change(version: string, more: Partial<MeshSpec> = {}): Promise<Plan> {
  const plan = await bench.plan(parts(version, more));
  await carryOut(plan);
  await bench.conclude('kept');
  return plan;
}

async function expectNothingToDo(version: string, more: Partial<MeshSpec> = {}): Promise<void> {
  const plan = await bench.plan(parts(version, more));
  const changes = plan.stages.flatMap((stage) => stage.changes.filter((each) => each.change !== 'unchanged'));
  expect(changes).toEqual([]);
  expect(plan.action).toBe('none');
}

function ids({ stages }: Pick<Plan, 'stages'>): string[] {
  return stages.map(({ id }) => id);
}

async function imageOfAgents(): Promise<string> {
  return JSON.stringify((await bench.cluster.get(agents))?.spec);
}

beforeEach(async () => {
  const charts = process.env.MESHWRIGHT_TEST_CILIUM_CHARTS;
  if (charts === undefined) throw new Error('MESHWRIGHT_TEST_CILIUM_CHARTS is not set.');
  bench = await openBench({}, { plugin: meshCilium, charts });
  shop = `${bench.namespace}-shop`;
  await addNode();
  onTestFinished(cleanUp);
});

/** What a failed test would leave for the next one. */
async function cleanUp(): Promise<void> {
  for (const { object } of await bench.inventory.members()) await remove(object);
  const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  for (const name of definitionNames) await remove({ ...kind, name });
}

describe('Cilium', () => {
  it('is refused in ways that it does not have, before anything is asked of it', async () => {
    const { spec } = parts(newest, { mode: 'sidecar', upgrade: 'canary' });
    await expect(
      bench.plan({ ...parts(newest), spec: { ...spec, security: { mtls: 'strict' } } }),
    ).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: {
        lines: [
          'spec.mesh.mode: Cilium has no mode "sidecar". It has node.',
          'spec.security.mtls: Cilium has no mutual TLS that a pattern turns on for the whole mesh. Take it away.',
          'spec.mesh.upgrade: A node has one CNI plugin: a new Cilium never runs beside the old one. Write mesh.upgrade: in-place.',
        ],
      },
    });
  });

  it(
    'is installed, configured, upgraded, rolled back, taken back and uninstalled',
    { timeout: 600_000 },
    async () => {
      await startBefore();
      const installing = await change(previous);
      expect(installing).toMatchObject({ action: 'install', mesh: { version: previous, mode: 'node' } });
      expect(ids(installing)).toEqual(['release', 'workloads', 'configuration', 'restart', 'verify']);
      expect(installing.stages.find(({ id }) => id === 'restart')?.restarts.map(({ name }) => name)).toEqual([
        'old',
      ]);
      expect(installing.warnings).toEqual([]);
      await expectNothingToDo(previous);

      const values = { cilium: { ...ours, debug: { enabled: true } } };
      const configuring = await change(previous, { values });
      expect(configuring.action).toBe('configure');
      expect(configuring.stages.find(({ id }) => id === 'release')?.restarts.map(({ name }) => name)).toEqual(
        ['cilium', 'cilium-operator'],
      );
      await expectNothingToDo(previous, { values });

      const upgrading = await change(newest);
      expect(upgrading).toMatchObject({ action: 'upgrade', confirmations: [] });
      expect(ids(upgrading)).toEqual([
        'pre-flight',
        'pre-flight-end',
        'release',
        'workloads',
        'configuration',
        'verify',
        'prune',
      ]);
      expect(await imageOfAgents()).toContain(`cilium:v${newest}`);
      expect(await bench.cluster.get({ ...agents, name: 'cilium-pre-flight-check' })).toBeUndefined();
      await expectNothingToDo(newest);

      const back = await change(previous);
      expect(back.action).toBe('roll-back');
      expect(ids(back).slice(0, 3)).toEqual(['pre-flight', 'pre-flight-end', 'release']);
      expect(await imageOfAgents()).toContain(`cilium:v${previous}`);
      await expectNothingToDo(previous);

      await bench.plan(parts(newest));
      await bench.carryOutStage('pre-flight');
      await bench.goBack(['pre-flight']);
      await expectNothingToDo(previous);
      await bench.plan(parts(newest));
      const begun = ['pre-flight', 'pre-flight-end', 'release'];
      for (const id of begun) await bench.carryOutStage(id);
      expect(await imageOfAgents()).toContain(`cilium:v${newest}`);
      await bench.goBack(begun);
      await bench.conclude('rolled-back');
      expect(await imageOfAgents()).toContain(`cilium:v${previous}`);
      await expectNothingToDo(previous);

      await uninstall();
    },
  );

  it(
    'is taken over from Helm without a restart, and is then kept as ever',
    { timeout: 300_000 },
    async () => {
      await installByHelm();
      await expect(bench.plan(parts(newest))).rejects.toMatchObject({ code: 'FOREIGN_INSTALLATION' });
      const other = { values: { cilium: { ...ours, debug: { enabled: true } } } };
      await expect(bench.plan(adopting(newest, other))).rejects.toMatchObject({
        code: 'PREFLIGHT_FAILED',
        details: { lines: ['debug: "false" -> "true"'] },
      });
      const plan = await bench.plan(adopting(newest));
      expect(plan).toMatchObject({ action: 'adopt', confirmations: [], blastRadius: { workloads: 0 } });
      await carryOut(plan);
      await bench.conclude('kept');
      await expectNothingToDo(newest);
    },
  );
});

function adopting(version: string, more: Partial<MeshSpec> = {}): PlanParts {
  return { ...parts(version, more), input: { adopt: true } };
}

/** What `helm install` leaves: the chart's objects with its own certificates, marked as those of a release. */
async function installByHelm(): Promise<void> {
  const objects = await bench.tools.chartsOf(meshCilium).template({
    chart: 'cilium',
    version: newest,
    releaseName: 'cilium',
    namespace: system,
    values: { ...ours, hubble: { relay: { enabled: true }, ui: { enabled: true } } },
    kubeVersion: (await bench.cluster.version()).replace(/^v/, ''),
    apiVersions: [],
    includeCrds: true,
  });
  const marks = { 'meta.helm.sh/release-name': 'cilium', 'meta.helm.sh/release-namespace': system };
  for (const object of objects) {
    const annotations = { ...object.metadata.annotations, ...marks };
    const live = { ...object, metadata: { ...object.metadata, annotations } };
    await bench.cluster.apply(live, { fieldManager: 'helm' });
    if (object.kind === 'Secret') onTestFinished(() => remove(referenceOf(object)));
  }
}

async function uninstall(): Promise<void> {
  const theirs = custom('CiliumNetworkPolicy', 'theirs', shop);
  await bench.cluster.apply(theirs, { fieldManager: 'somebody' });
  const plan = await bench.plan({ ...parts(previous), input: { purpose: 'uninstall' } });
  expect(plan.action).toBe('uninstall');
  expect(plan.confirmations.join('\n')).toMatch(/Cilium is the network of \d+ pods/);
  expect(plan.confirmations.join('\n')).toMatch(/There is no DaemonSet kube-proxy/);
  expect(plan.confirmations.join('\n')).toMatch(/enforced by nobody/);
  await bench.carryOut();
  await bench.conclude('kept');
  expect(await bench.inventory.members()).toEqual([]);
  const left = await bench.cluster.list({ apiVersion: 'v1', kind: 'Secret', namespace: system });
  expect(left.map(({ metadata }) => metadata.name).filter((name) => /cilium|hubble/.test(name))).toEqual([]);
  const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  const definitions = await bench.cluster.list(kind);
  expect(
    definitions.map(({ metadata }) => metadata.name).filter((name) => name.endsWith('.cilium.io')),
  ).toEqual(['ciliumnetworkpolicies.cilium.io']);
  expect(await bench.cluster.get(referenceOf(theirs))).toBeDefined();
  expect(await bench.cluster.get(agents)).toBeUndefined();
  expect(
    await bench.cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'cilium-secrets' }),
  ).toBeUndefined();
}
