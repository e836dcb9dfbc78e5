import { readFileSync } from 'node:fs';
import { quantileOfHistogram } from '@meshwright/statistics';
import { describe, expect, it } from 'vitest';
import { readResult } from './result.ts';

const recorded = readFileSync(new URL('./__fixtures__/http.json', import.meta.url), 'utf8');
const changed = (more: object): string => JSON.stringify({ ...(JSON.parse(recorded) as object), ...more });

describe('a result of k6', () => {
  it('tells the trial in our words', () => {
    const result = readResult(recorded);
    expect(result).toMatchObject({
      generator: { id: 'k6', version: '1.8.1' },
      seconds: 2,
      requestedRate: 200,
      errors: { 'status 503': 40 },
      clock: 'sent',
      invalid: [],
    });
    expect(result.achievedRate).toBe(result.requests / 2);
    expect(result.latency.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(result.requests);
    const { latency } = JSON.parse(recorded) as { latency: Record<string, number> };
    expect(quantileOfHistogram(result.latency, 0.99)).toBe(Math.round((latency['p(99)'] ?? 0) * 1_000));
  });

  it('names failures as the other generators do', () => {
    const failed = { status_404: 1, status_other: 2, grpc_status_14: 3, timeout: 4, connection: 5 };
    expect(readResult(changed({ failed })).errors).toEqual({
      'status 404': 1,
      'status other': 2,
      'grpc-status 14': 3,
      timeout: 4,
      connection: 5,
    });
  });

  it('is not valid when iterations were dropped, too little was sent, or another protocol was spoken', () => {
    expect(readResult(changed({ dropped: 3 })).invalid).toEqual([
      'k6 left out 3 requests: no connection was free.',
    ]);
    expect(readResult(changed({ sent: 300 })).invalid).toEqual([
      'Only 75.0 % of the requested rate was sent.',
    ]);
    expect(readResult(changed({ otherProtocol: 400 })).invalid).toHaveLength(1);
  });

  it('may hold requests without an answer', () => {
    const none = changed({ latency: {}, failed: { connection: 400 }, sent: 400 });
    expect(readResult(none)).toMatchObject({ errors: { connection: 400 }, latency: { buckets: [] } });
  });

  it.each([
    ['no JSON', 'running (0m01.0s)'],
    ["the summary of somebody's own script", '{"root_group": {}, "metrics": {}}'],
    ['falling percentiles', changed({ latency: { count: 2, 'p(1)': 5 } })],
    ['a negative count', changed({ sent: -1 })],
    ['a rate of nothing', changed({ rate: 0 })],
    ['an endless latency', changed({ latency: { count: 1, 'p(1)': 1e300 } })],
  ])('is not %s', (_, text) => {
    expect(() => readResult(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
  });
});
