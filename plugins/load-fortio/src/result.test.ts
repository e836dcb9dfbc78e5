import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResult } from './result.ts';

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
      latency: {
        buckets: [
          { upTo: 1_000, count: 999 },
          { upTo: 1_100, count: 2_960 },
          { upTo: 12_300, count: 40 },
        ],
      },
      invalid: [],
    });
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
