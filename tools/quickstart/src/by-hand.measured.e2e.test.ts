import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BaselineStatus } from '@meshwright/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installExample } from './test-support/example.ts';
import { openScene, type Scene } from './test-support/scene.ts';

let scene: Scene | undefined;
const servers: Server[] = [];

function here(): Scene {
  if (scene === undefined) throw new Error('There is no scene.');
  return scene;
}

beforeAll(async () => {
  scene = await openScene('node', { purpose: 'by-hand' });
  await scene.startEngine();
  await installExample(scene);
});
afterAll(async () => {
  for (const server of servers) server.close();
  await scene?.stop();
});

describe('two addresses that are measured by hand', () => {
  const load = (...more: string[]): string[] => [
    ...['--rate', '64', '--seconds', '1', '--warm-up', '1', '--arrivals', 'uniform', '--limit', 'p50=10%'],
    ...more,
  ];

  async function measure(name: string, a: string, b: string, ...more: string[]): Promise<BaselineStatus> {
    const output = await here().meshwright('measure', '--name', name, '--a', a, '--b', b, ...load(...more));
    return (output as { status: BaselineStatus }).status;
  }

  it('from a pod in the mesh, with what the proxies cost', async () => {
    const probe = ['--generator', 'fortio', '--probe', 'local/checkout/app=client'];
    const [plain, slower] = ['http://server:8080/?delay=20ms', 'http://server:8080/?delay=30ms'];
    const { judgement, blocks } = await measure('pods', plain, slower, ...probe);
    expect(judgement).toMatchObject({ verdict: 'regressed' });
    expect(judgement?.metrics[0]?.ratio).toBeGreaterThan(1.25);
    expect(judgement?.metrics[0]?.ratio).toBeLessThan(1.6);
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

  it('from the load agent', async () => {
    // Slow answers: a trial whose requests are late by a tenth of them is not valid, and this machine has other work.
    const connections = ['--connections', '32'];
    const { judgement } = await measure(
      'agent',
      await serverWith(200),
      await serverWith(300),
      ...connections,
    );
    expect(judgement).toMatchObject({ verdict: 'regressed' });
    expect(judgement?.metrics[0]?.ratio).toBeGreaterThan(1.4);
    expect(judgement?.metrics[0]?.ratio).toBeLessThan(1.6);
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
