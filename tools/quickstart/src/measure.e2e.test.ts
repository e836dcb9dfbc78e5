import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BaselineStatus, Message, workflowId } from '@meshwright/model';
import { ISTIO_VERSION, istioValues } from '@meshwright/testbed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilEnded } from './test-support/rollouts.ts';
import { openScene, type Scene, until } from './test-support/scene.ts';
import { commitExample } from './workspace.ts';

let scene: Scene | undefined;
const servers: Server[] = [];

function here(): Scene {
  if (scene === undefined) throw new Error('There is no scene.');
  return scene;
}

beforeAll(async () => {
  scene = await openScene('node', { purpose: 'measure' });
  await scene.startEngine();
});
afterAll(async () => {
  for (const server of servers) server.close();
  await scene?.stop();
});

const load = [
  '--rate',
  '40',
  '--seconds',
  '2',
  '--warm-up',
  '1',
  '--arrivals',
  'uniform',
  '--limit',
  'p50=10%',
];

async function measure(name: string, a: string, b: string, ...more: string[]): Promise<BaselineStatus> {
  const output = await here().meshwright('measure', '--name', name, '--a', a, '--b', b, ...load, ...more);
  return (output as { status: BaselineStatus }).status;
}

describe('measuring through the sidecars of a mesh', () => {
  const probe = ['--generator', 'fortio', '--probe', 'local/checkout/app=client'];
  const plain = 'http://server:8080/?delay=20ms';
  const delayed = 'http://delayed:8080/?delay=20ms';

  it('has a workload and a route that delays each request by 10 ms', async () => {
    const values = { istiod: { ...istioValues(ISTIO_VERSION) } };
    const { commit } = await commitExample(here().workspace, { values, simulated: false });
    const { status } = await untilEnded(here(), { pattern: 'checkout-mesh', commit });
    expect(status).toMatchObject({ phase: 'succeeded' });
    await here().kubectl('apply', '--filename', await here().write(delayingRoute));
  });

  it('finds the route, with a ratio near what it delays', async () => {
    const { judgement } = await measure('delayed', plain, delayed, ...probe);
    expect(judgement).toMatchObject({ verdict: 'regressed' });
    // 30 ms instead of 20, and what the way through two sidecars takes in both.
    expect(judgement?.metrics[0]?.ratio).toBeGreaterThan(1.3);
    expect(judgement?.metrics[0]?.ratio).toBeLessThan(1.6);
  });

  it('finds nothing where both ways are the same', async () => {
    const { judgement, blocks } = await measure('same', plain, plain, ...probe);
    expect(judgement).toMatchObject({ verdict: 'passed' });
    for (const { a, b } of blocks) {
      for (const { cost, measured } of [a, b]) {
        // Both sidecars: some tens of megabytes each, and some tenths of a millisecond for each request.
        expect(cost?.proxies?.parts).toBe(2);
        expect(cost?.proxies?.memory).toBeGreaterThan(20e6);
        expect(cost?.proxies?.memory).toBeLessThan(1e9);
        expect(measured.cpu).toBeGreaterThan(50);
        expect(measured.cpu).toBeLessThan(20_000);
        expect(cost?.controlPlane?.parts).toBe(1);
      }
    }
  });
});

describe('measuring from the load agent', () => {
  it('goes on when the worker dies during a trial', async () => {
    // Slow answers: a trial whose requests are late by a tenth of them is not valid, and this machine has other work.
    const slow = ['--rate', '20', '--seconds', '4', '--connections', '16'];
    const measuring = measure('slower', await serverWith(300), await serverWith(420), ...slow);
    const baseline = here().temporal.client.workflow.getHandle(workflowId.baseline('slower'));
    await until('the first block', async () => {
      const { blocks } = await baseline.query<BaselineStatus>(Message.baselineStatus);
      return blocks.length === 1 ? true : undefined;
    });
    await here().killEngine();
    await here().startEngine();
    const { judgement, blocks } = await measuring;
    expect(judgement).toMatchObject({ verdict: 'regressed' });
    expect(judgement?.metrics[0]?.ratio).toBeGreaterThan(1.3);
    expect(judgement?.metrics[0]?.ratio).toBeLessThan(1.45);
    expect(blocks.every(({ a, b }) => a.requests === 80 && b.requests === 80)).toBe(true);
  });
});

/** The address of a server that takes so long for each answer. */
async function serverWith(delayMilliseconds: number): Promise<string> {
  const server = createServer((_, response) => {
    setTimeout(() => response.end('answer'), delayMilliseconds);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const delayingRoute = `apiVersion: v1
kind: Service
metadata: { name: delayed, namespace: checkout }
spec:
  selector: { app: server }
  ports: [{ name: http, port: 8080 }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: delayed, namespace: checkout }
spec:
  hosts: [delayed]
  http:
    - fault: { delay: { fixedDelay: 10ms, percentage: { value: 100 } } }
      route: [{ destination: { host: delayed } }]
`;
