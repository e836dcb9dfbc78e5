import { readFileSync } from 'node:fs';
import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import type { LoadContext } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { wrk2 } from './plugin.ts';

const recorded = readFileSync(new URL('./__fixtures__/both-latencies.txt', import.meta.url), 'utf8');
const asked: LoadRequest = {
  endpoint: { protocol: LoadProtocol.http1, address: 'http://127.0.0.1:8080/' },
  rate: 200,
  connections: 8,
  warmUpSeconds: 11,
  seconds: 20,
  arrivals: Arrivals.uniform,
  timeoutSeconds: 2,
  seed: 1,
};
const aboutWrk2 = `wrk 4.0.0 [epoll] Copyright (C) 2012 Will Glozer
Usage: wrk <options> <url>
    -R, --rate        <T>  work rate (throughput)
`;
const aboutWrk = `wrk debian/4.1.0 [epoll] Copyright (C) 2012 Will Glozer
Usage: wrk <options> <url>
    -c, --connections <N>  Connections to keep open
`;

/** A machine with programs of these names that say this about themselves, and what was run on it. */
function machine(about: Record<string, string>): { context: LoadContext; runs: string[] } {
  const runs: string[] = [];
  const context: LoadContext = {
    signal: new AbortController().signal,
    programs: {
      find: (program) => Promise.resolve(program in about ? `/usr/bin/${program}` : undefined),
      run(program, args) {
        if (args[0] === '-v') {
          return Promise.resolve({ exitCode: 1, stdout: about[program] ?? '', stderr: '' });
        }
        runs.push([program, ...args].join(' '));
        return Promise.resolve({ exitCode: 0, stdout: recorded, stderr: '' });
      },
    },
  };
  return { context, runs };
}

describe('wrk2', () => {
  it.each(['wrk2', 'wrk'])('is found under the name %s', async (name) => {
    const { context, runs } = machine({ [name]: aboutWrk2 });
    expect(await wrk2.unavailable(context)).toBeUndefined();
    const result = await wrk2.run(asked, context);
    expect(result).toMatchObject({ generator: { id: 'wrk2', version: '4.0.0' }, requestedRate: 200 });
    expect(result.startedAt).toBeGreaterThan(0);
    expect(runs).toEqual([expect.stringMatching(new RegExp(`^${name} -t 2 -c 8 -d 31s`))]);
  });

  it('is never wrk, which has the same name', async () => {
    const { context, runs } = machine({ wrk: aboutWrk });
    expect(await wrk2.unavailable(context)).toContain('The wrk here is not wrk2');
    await expect(wrk2.run(asked, context)).rejects.toMatchObject({ code: 'LOAD_UNAVAILABLE' });
    expect(runs).toEqual([]);
  });

  it('says what to install where it is not there', async () => {
    expect(await wrk2.unavailable(machine({}).context)).toContain('https://github.com/giltene/wrk2');
  });

  it.each([
    ['a trial that ends while it calibrates', { warmUpSeconds: 0.5, seconds: 2 }, /first 11 s/],
    ['another protocol', { endpoint: { protocol: LoadProtocol.grpc, address: 'host:1' } }, /grpc/],
    ['unverified TLS', { endpoint: { ...asked.endpoint, address: 'https://host/' } }, /certificates/],
    ['part of a request', { rate: 0.5 }, /whole numbers/],
    ['connections that idle', { rate: 3 }, /less than once/],
  ])('refuses %s before anything runs', async (_, more, why) => {
    const { context, runs } = machine({ wrk2: aboutWrk2 });
    await expect(wrk2.run({ ...asked, ...more }, context)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(why) as string,
    });
    expect(runs).toEqual([]);
  });
});
