import { readFileSync } from 'node:fs';
import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import type { LoadContext } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { nighthawk } from './plugin.ts';

const recorded = readFileSync(new URL('./__fixtures__/open-loop.json', import.meta.url), 'utf8');
const asked: LoadRequest = {
  endpoint: { protocol: LoadProtocol.http1, address: 'http://127.0.0.1:8080/' },
  rate: 200,
  connections: 8,
  warmUpSeconds: 5,
  seconds: 20,
  arrivals: Arrivals.uniform,
  timeoutSeconds: 2,
  seed: 1,
};

/** A machine with or without Nighthawk, and what was run on it. */
function machine({ has = true } = {}): { context: LoadContext; runs: string[][] } {
  const runs: string[][] = [];
  const context: LoadContext = {
    signal: new AbortController().signal,
    programs: {
      find: () => Promise.resolve(has ? '/usr/bin/nighthawk_client' : undefined),
      run(program, args) {
        runs.push([program, ...args]);
        return Promise.resolve({ exitCode: 0, stdout: recorded, stderr: '' });
      },
    },
  };
  return { context, runs };
}

describe('Nighthawk', () => {
  it('warms up in a run of its own before the measured one', async () => {
    const { context, runs } = machine();
    expect(await nighthawk.run(asked, context)).toMatchObject({ requests: 4_000, invalid: [] });
    expect(runs.map((args) => args[args.indexOf('--duration') + 1])).toEqual(['5', '20']);
    expect(runs.map(([program]) => program)).toEqual(['nighthawk_client', 'nighthawk_client']);
  });

  it.each([
    ['gRPC', { endpoint: { protocol: LoadProtocol.grpc, address: 'host:1' } }, /grpc/],
    ['a body', { endpoint: { ...asked.endpoint, method: 'POST', body: 'x' } }, /a given body/],
    ['an unusual method', { endpoint: { ...asked.endpoint, method: 'PATCH' } }, /the method PATCH/],
    ['unverified TLS', { endpoint: { ...asked.endpoint, address: 'https://host/' } }, /certificates/],
    ['part of a request', { rate: 0.5 }, /whole numbers/],
  ])('refuses %s before anything runs', async (_, more, why) => {
    const { context, runs } = machine();
    await expect(nighthawk.run({ ...asked, ...more }, context)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(why) as string,
    });
    expect(runs).toEqual([]);
  });

  it('says what to install where it is not there', async () => {
    const { context } = machine({ has: false });
    expect(await nighthawk.unavailable(context)).toContain('https://github.com/envoyproxy/nighthawk');
    await expect(nighthawk.run(asked, context)).rejects.toMatchObject({ code: 'LOAD_UNAVAILABLE' });
  });
});
