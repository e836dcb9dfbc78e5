import { readFileSync } from 'node:fs';
import { quantileOfHistogram } from '@meshwright/statistics';
import { describe, expect, it } from 'vitest';
import { readResult, resultOf } from './result.ts';

const recorded = readFileSync(new URL('./__fixtures__/both-latencies.txt', import.meta.url), 'utf8');
const real = readFileSync(new URL('./__fixtures__/recorded.txt', import.meta.url), 'utf8');
const known = { version: '4.0.0', startedAt: 1_000, rate: 200 };

describe('a result of wrk2', () => {
  it('tells the trial in our words', () => {
    expect(resultOf(recorded, known)).toEqual({
      generator: { id: 'wrk2', version: '4.0.0' },
      startedAt: 1_000,
      seconds: 30.01,
      requestedRate: 200,
      achievedRate: 199.93,
      requests: 6_010,
      errors: { connection: 6, timeout: 4, 'status 400 or more': 50 },
      clock: 'intended',
      latency: {
        buckets: [
          { upTo: 301, count: 1 },
          { upTo: 900, count: 999 },
          { upTo: 1_400, count: 1_000 },
          { upTo: 1_800, count: 1_000 },
          { upTo: 2_200, count: 600 },
          { upTo: 4_000, count: 363 },
          { upTo: 8_215, count: 37 },
        ],
      },
      service: {
        buckets: [
          { upTo: 120, count: 4 },
          { upTo: 700, count: 1_996 },
          { upTo: 1_100, count: 1_600 },
          { upTo: 2_000, count: 363 },
          { upTo: 7_007, count: 37 },
        ],
      },
      invalid: [],
    });
  });

  it('holds every request since the calibration in its latencies, as wrk2 itself printed it', () => {
    const { requests, errors, seconds, achievedRate, latency, service } = resultOf(real, known);
    expect({ requests, errors, seconds, achievedRate }).toEqual({
      requests: 2_994,
      errors: { 'status 400 or more': 299 },
      seconds: 15,
      achievedRate: 199.62,
    });
    for (const histogram of [latency, service]) {
      expect(histogram?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(986);
    }
    // wrk2 says 58.56 ms, and has the next points of its spectrum at 58.559 and 59.359 ms.
    expect(quantileOfHistogram(latency, 0.99)).toBe(59_359);
  });

  it('has no errors and no latencies from the send where wrk2 prints none', () => {
    const [first = '', rest = ''] = recorded.split('\n  Latency Distribution (HdrHistogram - Uncorrected');
    const totals = rest.slice(rest.indexOf('  6000 requests'));
    const text = (first + totals).replace(/^ {2}(Socket errors|Non-2xx).*\n/gm, '');
    const result = resultOf(text, known);
    expect(result).toMatchObject({ errors: {}, requests: 6_000 });
    expect(result.service).toBeUndefined();
    expect(result.latency).toEqual(resultOf(recorded, known).latency);
  });

  it('reads minutes', () => {
    expect(readResult(recorded.replace('in 30.01s', 'in 1.50m')).seconds).toBe(90);
  });

  it('is not valid when too little was sent', () => {
    expect(resultOf(recorded, { ...known, rate: 400 }).invalid).toEqual([
      'Only 50.0 % of the requested rate was sent.',
    ]);
  });

  it('is not valid when it was written elsewhere, since it does not tell its rate', () => {
    expect(readResult(recorded).invalid).toEqual([expect.stringContaining('at which rate')]);
  });

  it('may hold no requests', () => {
    const none = recorded
      .replace(/^ +\d+\.\d+ +\d\.\d+ +\d+ +(\d+\.\d+|inf)$/gm, '')
      .replace('6000 requests', '0 requests')
      .replace(/^ {2}(Socket errors|Non-2xx).*\n/gm, '')
      .replace('199.93', '0.00');
    expect(readResult(none)).toMatchObject({ requests: 0, latency: { buckets: [] } });
  });

  it.each([
    ['nothing', ''],
    ['without percentiles, as wrk prints it', recorded.replaceAll('HdrHistogram - ', '')],
    ['without its end', recorded.slice(0, recorded.indexOf('  6000 requests'))],
    ['falling', recorded.replace('3000         4.00', '1000         4.00')],
    ['of another unit', recorded.replace('in 30.01s', 'in 30.01parsec')],
    ['beyond all numbers', recorded.replace('6000 requests', `${'9'.repeat(400)} requests`)],
  ])('is not a text that is %s', (_, text) => {
    expect(() => readResult(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
  });
});
