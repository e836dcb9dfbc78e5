import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChangeStatus, Message, type RolloutStatus, workflowId } from '@meshwright/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { installExample } from './test-support/example.ts';
import { untilEnded } from './test-support/rollouts.ts';
import { openScene, type Scene, until } from './test-support/scene.ts';

let scene: Scene | undefined;

function here(): Scene {
  if (scene === undefined) throw new Error('There is no scene.');
  return scene;
}

const pattern = 'checkout-mesh';
const path = `patterns/${pattern}.yaml`;
const routes = 'istio/server-retries.yaml';

beforeAll(async () => {
  scene = await openScene('node', { purpose: 'gate' });
  await scene.startEngine();
  await installExample(scene);
});
afterAll(() => scene?.stop());

/** Requests of 20 ms through both sidecars, from a pod that the engine creates; short, for the body of the latencies. */
const profile = (rate: number): string => `apiVersion: meshwright.dev/v1alpha1
kind: PerformanceProfile
metadata: { name: checkout }
spec:
  generator: fortio
  endpoints:
    - { name: server, protocol: http1, address: "http://server.checkout:8080/?delay=20ms" }
  load: { rate: ${rate}, connections: 4, warmUp: 1s, duration: 1s }
  probes: { create: true }
  blocks: { looks: [5] }
  limits: { p50: { relative: 15% } }
`;

/** A route of the server: it adds a header to each answer, and a delay where one is given. */
const route = (delay?: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: server, namespace: checkout }
spec:
  hosts: [server]
  http:
    - headers: { response: { add: { x-routed: "${delay ?? 'plainly'}" } } }
      ${delay === undefined ? '' : `fault: { delay: { fixedDelay: ${delay}, percentage: { value: 100 } } }`}
      route: [{ destination: { host: server } }]
`;

async function namespacesOfProbes(): Promise<string> {
  return here().kubectl('get', 'namespaces', '--selector=meshwright.dev/probes-of', '--output=name');
}

async function commit(files: Record<string, string>): Promise<string> {
  return here().patterns.commitFiles(files);
}

describe('a change of a workload that is measured', () => {
  it('is kept when it does no harm, also when the worker dies in a trial', async () => {
    const document = parseDocument(await readFile(join(here().patterns.directory, path), 'utf8'));
    document.setIn(['spec', 'performance'], document.createNode({ profile: 'performance/checkout.yaml' }));
    const id = await commit({
      [path]: document.toString(),
      'performance/checkout.yaml': profile(64),
      [routes]: route(),
    });
    const change = here().temporal.client.workflow.getHandle(workflowId.change('local', 'istio'));
    await until('the second trial', async () => {
      const { gate } = await change.query<ChangeStatus>(Message.changeStatus);
      return (gate?.comparisons[0]?.trials.a ?? 0) > 0 ? true : undefined;
    });
    await here().killEngine();
    await here().startEngine();
    const { status } = await untilEnded(here(), { pattern, commit: id });
    expect(status).toMatchObject({
      phase: 'succeeded',
      targets: [{ gate: { contrast: 'D3', verdict: 'passed', outcome: 'kept' } }],
    });
    expect(await namespacesOfProbes()).toBe('');
  });

  it('is taken back when it delays each request by half, and the workload is as it was', async () => {
    const { status } = await untilEnded(here(), {
      pattern,
      commit: await commit({ [routes]: route('10ms') }),
    });
    expect(status).toMatchObject({
      phase: 'rolled-back',
      failure: { code: 'REGRESSED' },
      targets: [{ gate: { verdict: 'regressed', outcome: 'taken back', restored: { verdict: 'passed' } } }],
    });
    const [metric] = status.targets[0]?.gate?.comparisons[0]?.judgement?.metrics ?? [];
    // 30 ms instead of 20, and what two sidecars take in both.
    expect(metric?.ratio).toBeGreaterThan(1.25);
    expect(metric?.ratio).toBeLessThan(1.6);
    const live = await here().kubectl(
      'get',
      'virtualservice',
      'server',
      '--namespace=checkout',
      '--output=yaml',
    );
    expect(live).toContain('x-routed: plainly');
    expect(await namespacesOfProbes()).toBe('');
  });

  it('is taken back at once when requests fail, without waiting for blocks', async () => {
    const failing = route().replace(
      '      route:',
      '      fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }\n      route:',
    );
    const { status } = await untilEnded(here(), { pattern, commit: await commit({ [routes]: failing }) });
    expect(status).toMatchObject({
      phase: 'rolled-back',
      failure: { code: expect.stringMatching(/^(?:ERROR_BURST|REGRESSED)$/) as string },
      targets: [{ gate: { restored: { verdict: 'passed' } } }],
    });
    expect(status.failure?.message).toMatch(/failed while the change ran|100\.00 % of the requests failed/);
    // Seen while the stages ran, or in the first trial after them.
    expect(status.targets[0]?.gate?.comparisons[0]?.trials.b).toBeLessThan(2);
  });

  it('waits for a person before anything changes where the generator cannot keep up', async () => {
    const id = await commit({
      'performance/checkout.yaml': profile(4_000),
      [routes]: route('2ms'),
    });
    const rollout = `${pattern}@${id.slice(0, 12)}`;
    const stopped = await until('the question', async () => {
      const { status } = (await here().meshwright('status', rollout)) as { status?: RolloutStatus };
      return status?.phase === 'stopped' ? status : undefined;
    });
    expect(stopped.targets[0]?.gate).toMatchObject({ verdict: 'inconclusive', asks: true });
    expect(stopped.targets[0]?.failure?.message).toContain('of the requested rate');
    await here().meshwright('cancel', rollout, '--yes', '--as', 'grace');
    await untilEnded(here(), { pattern, commit: id });
    expect(await namespacesOfProbes()).toBe('');
  });
});
