import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResult } from './result.ts';

const recorded = readFileSync(new URL('./__fixtures__/open-loop.json', import.meta.url), 'utf8');

interface Recorded {
  options: object;
  results: { name: string; counters: { name: string; value: string }[] }[];
}

function changed(change: (output: Recorded) => void): string {
  const output = JSON.parse(recorded) as Recorded;
  change(output);
  return JSON.stringify(output);
}

function withCounters(counters: Record<string, number>): string {
  return changed(({ results }) => {
    const [global] = results;
    global!.counters = Object.entries(counters).map(([name, value]) => ({ name, value: String(value) }));
  });
}

describe('a result of Nighthawk', () => {
  it('tells the trial in our words', () => {
    const { latency, service, sendLag, ...rest } = readResult(recorded);
    expect(rest).toEqual({
      generator: { id: 'nighthawk', version: '0.5.0' },
      startedAt: Date.parse('2026-11-01T10:00:00.050Z'),
      seconds: 20.0001,
      requestedRate: 200,
      achievedRate: 4_000 / 20.0001,
      requests: 4_000,
      errors: { 'status 5xx': 100 },
      clock: 'intended',
      invalid: [],
    });
    expect(latency.buckets).toEqual([
      { upTo: 900, count: 4 },
      { upTo: 1_400, count: 1_996 },
      { upTo: 2_200, count: 1_600 },
      { upTo: 4_000, count: 363 },
      { upTo: 205_000, count: 37 },
    ]);
    expect(service?.buckets.at(-1)).toEqual({ upTo: 200_000, count: 37 });
    expect(sendLag?.buckets.at(0)).toEqual({ upTo: 2, count: 10 });
  });

  it('counts what failed, and leaves out what was under way at the end', () => {
    const counters = {
      'benchmark.http_2xx': 3_900,
      'benchmark.http_4xx': 10,
      'benchmark.http_xxx': 5,
      'benchmark.stream_resets': 20,
      'benchmark.pool_connection_failure': 3,
      upstream_rq_total: 3_998,
    };
    expect(readResult(withCounters(counters))).toMatchObject({
      requests: 3_938,
      errors: { 'status 4xx': 10, 'status other': 5, connection: 23 },
      invalid: [],
    });
  });

  it('takes requests for timed out where not one answer came', () => {
    expect(readResult(withCounters({ upstream_rq_total: 8 }))).toMatchObject({
      requests: 8,
      errors: { timeout: 8 },
    });
  });

  it('is not valid with a full queue, too little sent, or a closed loop', () => {
    const counters = { 'benchmark.http_2xx': 3_000, 'benchmark.pool_overflow': 7, upstream_rq_total: 3_000 };
    expect(readResult(withCounters(counters)).invalid).toEqual([
      'Nighthawk left out 7 requests: its queue was full.',
      'Only 75.0 % of the requested rate was sent.',
    ]);
    const closed = changed((output) => (output.options = { requests_per_second: 200 }));
    expect(readResult(closed).invalid).toEqual([expect.stringContaining('closed loop')]);
  });

  it('knows the rate of several workers', () => {
    const workers = changed(({ results }) => {
      const [global] = results;
      results.push({ ...global!, name: 'worker_0' }, { ...global!, name: 'worker_1' });
    });
    expect(readResult(workers).requestedRate).toBe(400);
  });

  it.each([
    ['no JSON', '[10:00:00][I] Starting 1 threads'],
    ['without the result of all workers', changed(({ results }) => (results[0]!.name = 'worker_0'))],
    ['without its latencies', recorded.replace('sequencer.callback', 'sequencer.other')],
    ['of sizes instead of times', recorded.replaceAll('"duration": "0.004s"', '"raw_value": 4')],
    ['falling', recorded.replaceAll('"duration": "0.004s"', '"duration": "0.001s"')],
    ['with a negative time', recorded.replaceAll('"duration": "0.004s"', '"duration": "-0.004s"')],
    ['with counts beyond all numbers', recorded.replaceAll('"4000"', `"${'9'.repeat(30)}"`)],
  ])('is not a text that is %s', (_, text) => {
    expect(() => readResult(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
  });
});
