import { createServer, type AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { allocatePorts } from './ports.ts';

async function takePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => resolve(undefined));
  await promise;
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('allocating ports', () => {
  it('gives each name another port, below those of outgoing connections and node ports', async () => {
    const ports = Object.values(await allocatePorts(['a', 'b', 'c', 'd']));
    expect(new Set(ports).size).toBe(4);
    for (const port of ports) {
      expect(port).toBeGreaterThanOrEqual(15_000);
      expect(port).toBeLessThan(30_000);
    }
  });

  it('gives the preferred port again while it is free', async () => {
    const first = await allocatePorts(['server']);
    expect(await allocatePorts(['server'], first)).toEqual(first);
  });

  it('gives another when the preferred port is taken', async () => {
    const taken = await takePort();
    expect(await allocatePorts(['server'], { server: taken })).not.toEqual({ server: taken });
  });

  it('gives a port that two names prefer to one of them', async () => {
    const { a } = await allocatePorts(['a']);
    const both = await allocatePorts(['a', 'b'], { a, b: a });
    expect(both.a).toBe(a);
    expect(both.b).not.toBe(a);
  });
});
