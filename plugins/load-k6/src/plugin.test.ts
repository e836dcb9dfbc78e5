import { readFileSync } from 'node:fs';
import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import type { LoadContext, ProgramOptions } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { k6 } from './plugin.ts';

const recorded = readFileSync(new URL('./__fixtures__/http.json', import.meta.url), 'utf8');
const asked: LoadRequest = {
  endpoint: { protocol: LoadProtocol.http1, address: 'http://127.0.0.1:8080/' },
  rate: 200,
  connections: 8,
  warmUpSeconds: 0.5,
  seconds: 2,
  arrivals: Arrivals.uniform,
  timeoutSeconds: 2,
  seed: 1,
};

interface Run extends ProgramOptions {
  args: readonly string[];
}

/** A machine with k6, and what was run on it. */
function machine(stdout = recorded): { context: LoadContext; runs: Run[] } {
  const runs: Run[] = [];
  const context: LoadContext = {
    signal: new AbortController().signal,
    programs: {
      find: () => Promise.resolve('/usr/bin/k6'),
      run(_, args, options) {
        runs.push({ args, ...options });
        const said = args[0] === 'version' ? 'k6 v1.8.1 (go1.26.8, linux/amd64)\n' : stdout;
        return Promise.resolve({ exitCode: 0, stdout: said, stderr: '' });
      },
    },
  };
  return { context, runs };
}

describe('k6', () => {
  it('runs the script of the trial, and tells it its version', async () => {
    const { context, runs } = machine();
    expect(await k6.run(asked, context)).toMatchObject({ generator: { id: 'k6', version: '1.8.1' } });
    const [, run] = runs;
    expect(run?.args.at(-1)).toBe('trial.js');
    expect(JSON.parse(run?.files?.['trial.json'] ?? '')).toMatchObject({ request: asked, version: '1.8.1' });
  });

  it('has failed when not one request found a server', async () => {
    const lost = { ...(JSON.parse(recorded) as object), sent: 400, failed: { connection: 400 }, latency: {} };
    await expect(k6.run(asked, machine(JSON.stringify(lost)).context)).rejects.toMatchObject({
      code: 'LOAD_UNREACHED',
    });
  });

  it.each([
    ['TCP', { endpoint: { protocol: LoadProtocol.tcp, address: 'host:1' } }],
    ['HTTP/2', { endpoint: { protocol: LoadProtocol.http2, address: 'https://host/' } }],
    ['drawn distances', { arrivals: Arrivals.poisson }],
  ])('refuses %s before anything runs', async (_, more) => {
    const { context, runs } = machine();
    await expect(k6.run({ ...asked, ...more }, context)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(runs).toEqual([]);
  });

  it('says what to install where it is not there', async () => {
    const { context } = machine();
    const programs = { ...context.programs, find: () => Promise.resolve(undefined) };
    expect(await k6.unavailable({ ...context, programs })).toContain('https://k6.io');
    await expect(k6.run(asked, { ...context, programs })).rejects.toMatchObject({ code: 'LOAD_UNAVAILABLE' });
  });
});
