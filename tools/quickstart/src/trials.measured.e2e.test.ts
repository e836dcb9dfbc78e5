import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BaselineStatus, RolloutStatus } from '@meshwright/model';
import { afterAll, describe, expect, it } from 'vitest';
import { examplePattern, useInstalledExample } from './test-support/example.ts';
import { exampleRoute, measuredExample, namespacesOfProbes, routeFile } from './test-support/measuring.ts';
import { untilEnded } from './test-support/rollouts.ts';
import { until } from './test-support/scene.ts';

const servers: Server[] = [];
const here = useInstalledExample('trials');

afterAll(() => {
  for (const server of servers) server.close();
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

describe('a change of a workload that is measured', () => {
  it('waits for a person before anything changes where the generator cannot keep up', async () => {
    const id = await here().patterns.commitFiles({
      ...(await measuredExample(here(), 4_000)),
      [routeFile]: exampleRoute('2ms'),
    });
    const rollout = `${examplePattern}@${id.slice(0, 12)}`;
    const stopped = await until('the question', async () => {
      const { status } = (await here().meshwright('status', rollout)) as { status?: RolloutStatus };
      return status?.phase === 'stopped' ? status : undefined;
    });
    expect(stopped.targets[0]?.gate).toMatchObject({ verdict: 'inconclusive', asks: true });
    expect(stopped.targets[0]?.failure?.message).toContain('of the requested rate');
    await here().meshwright('cancel', rollout, '--yes', '--as', 'grace');
    await untilEnded(here(), { pattern: examplePattern, commit: id });
    expect(await namespacesOfProbes(here())).toBe('');
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
