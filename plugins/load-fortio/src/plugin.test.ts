import { readFileSync } from 'node:fs';
import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import type { LoadContext } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { fortio } from './plugin.ts';

const recorded = readFileSync(new URL('./__fixtures__/http.json', import.meta.url), 'utf8');
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

/** A machine with or without Fortio, which waits for a processor for so many seconds, and what was run on it. */
function machine({ has = true, waitedSeconds = 0 } = {}): { context: LoadContext; runs: string[][] } {
  const runs: string[][] = [];
  const context: LoadContext = {
    signal: new AbortController().signal,
    programs: {
      find: () => Promise.resolve(has ? '/usr/bin/fortio' : undefined),
      run(_, args) {
        runs.push([...args]);
        return Promise.resolve({ exitCode: 0, stdout: recorded, stderr: '', waitedSeconds });
      },
    },
  };
  return { context, runs };
}

describe('Fortio', () => {
  it('warms up in a run of its own before the measured ones', async () => {
    const { context, runs } = machine();
    expect((await fortio.run(asked, context)).invalid).toEqual([]);
    expect(runs.map((args) => args[args.indexOf('-t') + 1])).toEqual(['5s', '5s', '5s', '5s', '5s']);
  });

  it('measured the machine when its threads waited for a processor', async () => {
    const { invalid } = await fortio.run(asked, machine({ waitedSeconds: 4 }).context);
    expect(invalid).toEqual([expect.stringContaining('80 % of the time')]);
  });

  it('refuses what it cannot do before anything runs, and says so when it is not there', async () => {
    const { context, runs } = machine();
    await expect(fortio.run({ ...asked, arrivals: Arrivals.poisson }, context)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(runs).toEqual([]);
    const without = machine({ has: false });
    expect(await fortio.unavailable(without.context)).toContain('Install it');
    await expect(fortio.run(asked, without.context)).rejects.toMatchObject({ code: 'LOAD_UNAVAILABLE' });
  });
});
