import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { encodeHdr } from '@meshwright/histogram';
import { type BaselineInput, type BaselineStatus, type TrialRecord } from '@meshwright/model';
import { judge } from '@meshwright/statistics';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import { testHost } from '../test-support/host.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-report-'));
});
afterEach(() => rm(directory, { recursive: true }));

interface Measured {
  input: BaselineInput;
  status: BaselineStatus;
}

function trial(p99: number): TrialRecord {
  const buckets = [
    { upTo: Math.round(p99 * 300), count: 2_900 },
    { upTo: Math.round(p99 * 1_000), count: 100 },
  ];
  return {
    generator: { id: 'builtin', version: '0.1.0' },
    clock: 'intended',
    startedAt: Date.UTC(2026, 2, 1),
    invalid: [],
    requests: 3_000,
    achievedRate: 150,
    errors: {},
    measured: { p99 },
    latency: encodeHdr({ buckets }),
  };
}

/** B is so many times A. */
function measured(factor: number): Measured {
  const metrics = [{ name: 'p99', unit: 'ms', limit: { relative: 0.1, absolute: 0.5 } }];
  const blocks = Array.from({ length: 10 }, (_, place) => ({
    order: ['a', 'b'] as const,
    a: trial(20 + place / 100),
    b: trial((20 + place / 100) * (factor + place / 1_000)),
  }));
  const recorded = blocks.map(({ a, b }) => ({
    a: { valid: true, measured: a.measured },
    b: { valid: true, measured: b.measured },
  }));
  const endpoint = (address: string) => ({ protocol: 'http1' as const, address });
  return {
    input: {
      name: 'checkout',
      agent: 'local',
      generator: 'builtin',
      contrast: 'D1',
      paths: { a: { endpoint: endpoint('http://a/') }, b: { endpoint: endpoint('http://b/') } },
      load: {
        rate: 150,
        connections: 8,
        warmUpSeconds: 5,
        seconds: 20,
        arrivals: 'poisson',
        timeoutSeconds: 5,
      },
      metrics,
      looks: [10],
      seed: 1,
    },
    status: {
      name: 'checkout',
      contrast: 'D1',
      metrics,
      blocks,
      judgement: judge({ id: 'checkout', contrast: 'D1', metrics, blocks: recorded }),
    },
  };
}

async function report(given: unknown, ...flags: string[]) {
  await writeFile(
    join(directory, 'baseline.json'),
    typeof given === 'string' ? given : JSON.stringify(given),
  );
  const host = testHost({ cwd: directory });
  const code = await runCli(['report', '--input', 'baseline.json', ...flags], host);
  return { code, out: host.out().replaceAll('\u00a0', ' '), err: host.err() };
}

const written = (file: string): Promise<string> => readFile(join(directory, file), 'utf8');

describe('meshwright report', () => {
  it('writes what is asked for, and says the verdict', async () => {
    const flags = ['--html', 'r.html', '--markdown', 'r.md', '--svg', 'r.svg'];
    const { code, out, err } = await report(measured(1.3), ...flags);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^Regressed: p99 is 30\.4 % higher, between .*; the limit is 10 %\.\nwritten: r\.html\n/,
    );
    expect(await written('r.html')).toMatch(/^<!doctype html>\n/);
    expect(await written('r.md')).toMatch(/^\*\*Regressed: `p99` is /);
    expect(await written('r.svg')).toMatch(/^<svg xmlns=/);
  });

  it('prints the Markdown where no file is named, and writes none', async () => {
    const { code, out } = await report(measured(1));
    expect(code).toBe(0);
    expect(out).toMatch(/^\*\*Passed: `p99` is /);
    expect(await readdir(directory)).toEqual(['baseline.json']);
  });

  it('gives the verdict as data', async () => {
    const { out } = await report(measured(1.3), '--html', 'r.html', '--json');
    expect(JSON.parse(out)).toMatchObject({ verdict: 'regressed', files: ['r.html'] });
  });

  it('reads standard input', async () => {
    const host = testHost({ stdin: () => Readable.from([Buffer.from(JSON.stringify(measured(1)))]) });
    expect(await runCli(['report', '--input', '-'], host)).toBe(0);
    expect(host.out()).toContain('Passed');
  });

  it('takes fields that a newer version may write', async () => {
    const { input, status } = measured(1);
    expect((await report({ input: { ...input, more: 1 }, status, version: 2 })).code).toBe(0);
  });

  const { input, status } = measured(1);
  it.each([
    { given: '{"input": ', says: 'baseline.json: It is not JSON: ' },
    { given: [], says: 'baseline.json: Invalid input: expected object' },
    { given: { input }, says: 'baseline.json: status: ' },
    { given: { input, status: { ...status, contrast: 'D4' } }, says: 'status.contrast: ' },
    { given: { input: { ...input, load: {} }, status }, says: 'input.load.rate: ' },
    {
      given: {
        input,
        status: { ...status, blocks: [{ order: ['a', 'b'], a: { ...trial(1), latency: 5 }, b: trial(1) }] },
      },
      says: 'status.blocks[0].a.latency: ',
    },
    {
      given: { input, status: { ...status, blocks: [{ order: ['a', 'c'], a: trial(1), b: trial(1) }] } },
      says: 'status.blocks[0].order[1]: ',
    },
    {
      given: { input, status: { ...status, blocks: [{ order: ['a', 'a'], a: trial(1), b: trial(1) }] } },
      says: 'status.blocks[0].order: names each arm once',
    },
  ])('says what is wrong where: $says', async ({ given, says }) => {
    const { code, err } = await report(given, '--html', 'r.html');
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).toContain('meshwright measure --json');
    expect(await readdir(directory)).toEqual(['baseline.json']);
  });

  it('names a file that cannot be read, and one that cannot be written', async () => {
    const host = testHost({ cwd: directory });
    expect(await runCli(['report', '--input', 'nowhere.json'], host)).toBe(2);
    expect(host.err()).toContain('nowhere.json cannot be read');
    const { code, err } = await report(measured(1), '--html', 'nowhere/r.html');
    expect(code).toBe(2);
    expect(err).toContain('r.html cannot be written');
  });
});
