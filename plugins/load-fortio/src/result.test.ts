import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { quantileOfHistogram } from '@meshwright/statistics';
import { runsOf } from './arguments.ts';
import { readResult, together } from './result.ts';
import { fortioJson } from './test-support/fortio-histogram.ts';

const recorded = readFileSync(new URL('./__fixtures__/http.json', import.meta.url), 'utf8');
const changed = (more: object): string => JSON.stringify({ ...(JSON.parse(recorded) as object), ...more });

describe('a result of Fortio', () => {
  it('tells the trial in our words', () => {
    expect(readResult(recorded)).toEqual({
      generator: { id: 'fortio', version: '1.68.0' },
      startedAt: Date.parse('2026-11-01T10:00:00.123Z'),
      seconds: 20,
      requestedRate: 200,
      achievedRate: 199.95,
      requests: 3_999,
      errors: { connection: 2, 'status 503': 40 },
      clock: 'sent',
      latency: expect.anything() as unknown,
      invalid: [],
    });
  });

  it('lies evenly within its buckets, as Fortio takes it too', () => {
    const { latency } = readResult(recorded);
    const counted = latency.buckets.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(3_999);
    expect(latency.buckets[0]).toEqual({ upTo: 424, count: 39 });
    expect(latency.buckets.at(-1)).toEqual({ upTo: 12_300, count: 2 });
    expect(quantileOfHistogram(latency, 0.25)).toBe(1_004);
  });

  it('is not valid when too little was sent, or at no fixed rate', () => {
    const few = { Count: 3_000, Data: null };
    expect(readResult(changed({ DurationHistogram: few })).invalid).toEqual([
      'Only 75.0 % of the requested rate was sent.',
    ]);
    expect(readResult(changed({ RequestedQPS: 'max' })).invalid).toEqual([
      expect.stringContaining('greatest rate'),
    ]);
  });

  it.each([
    ['20s', 199.95],
    ['1m0s', 66.65],
    ['1m30.5s', 3_999 / 90.5],
    ['500ms', 7_998],
    ['until interrupted', 199.9],
  ])('sent its requests in the time that was asked for: %s', (RequestedDuration, rate) => {
    expect(readResult(changed({ RequestedDuration })).achievedRate).toBeCloseTo(rate, 6);
  });

  it('may hold no requests', () => {
    const none = changed({ DurationHistogram: { Count: 0, Data: null }, RetCodes: {} });
    expect(readResult(none)).toMatchObject({ requests: 0, errors: {}, latency: { buckets: [] } });
  });

  it.each([
    ['no JSON', 'Fortio 1.68.0 running'],
    ['another JSON', '{"results": []}'],
    ['a negative count', changed({ DurationHistogram: { Count: 1, Data: [{ End: 1, Count: -1 }] } })],
    ['part of a request', changed({ DurationHistogram: { Count: 1, Data: [{ End: 1, Count: 0.5 }] } })],
    ['a time before its start', changed({ DurationHistogram: { Count: 1, Data: [{ End: -1, Count: 1 }] } })],
    ['an endless time', changed({ DurationHistogram: { Count: 1, Data: [{ End: 1e300, Count: 1 }] } })],
    ['no time of start', changed({ StartTime: 'yesterday' })],
    ['negative errors', changed({ RetCodes: { '503': -1 } })],
  ])('is not %s', (_, text) => {
    expect(() => readResult(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
  });
});

describe('several runs as one trial', () => {
  it('add up', () => {
    const one = readResult(recorded);
    const two = together([one, one]);
    expect(two).toMatchObject({
      seconds: 40,
      requests: 7_998,
      achievedRate: 199.95,
      errors: { connection: 4, 'status 503': 80 },
    });
  });

  it.each([0.03, 0.05, 0.1])('show a median that is higher by a share of %s', (worse) => {
    // Wherever the latencies lie among the buckets; in a single run some of these are no change, and others a quarter.
    for (const base of [3, 8, 13, 21, 22, 26, 44]) {
      const found = medianOf(base * (1 + worse)) / medianOf(base) - 1;
      expect(Math.abs(found - worse), `${base} ms`).toBeLessThan(0.025);
    }
  });
});

/** The median of 4,000 latencies around a time in milliseconds, as our runs of Fortio tell it. */
function medianOf(milliseconds: number): number {
  const runs = runsOf({ ...asked, seconds: 20, seed: 7 });
  const results = runs.map(({ resolutionSeconds }) =>
    readResult(fortioJson(latenciesAround(milliseconds / 1_000, 4_000 / runs.length), resolutionSeconds)),
  );
  const [first, ...others] = results;
  if (first === undefined) throw new Error('There is no run.');
  return quantileOfHistogram(together([first, ...others]).latency, 0.5);
}

/** Scattered by some percent to both sides, and a few far above. */
function latenciesAround(seconds: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => {
    const spread = ((place % 101) / 100 - 0.5) * 0.16;
    return seconds * (1 + spread + (place % 97 === 0 ? 0.8 : 0));
  });
}

const asked = {
  endpoint: { protocol: 'http1' as const, address: 'http://127.0.0.1/' },
  rate: 200,
  connections: 8,
  warmUpSeconds: 0,
  seconds: 20,
  arrivals: 'uniform' as const,
  timeoutSeconds: 2,
  seed: 1,
};
