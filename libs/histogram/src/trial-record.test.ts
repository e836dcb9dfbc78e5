import { LatencyClock, type LoadResult } from '@meshwright/model';
import { expect, it } from 'vitest';
import { decodeHdr } from './hdr.ts';
import { trialRecordOf } from './trial-record.ts';

function result(requests: number): LoadResult {
  return {
    generator: { id: 'builtin', version: '0.1.0' },
    startedAt: 0,
    seconds: 20,
    requestedRate: requests / 20,
    achievedRate: requests / 20,
    requests,
    errors: {},
    clock: LatencyClock.intended,
    latency: {
      buckets: [
        { upTo: 1_000, count: requests * 0.98 },
        { upTo: 5_000, count: requests * 0.02 },
      ],
    },
    invalid: [],
  };
}

it('keeps the percentiles that enough requests stand behind, in milliseconds', () => {
  expect(trialRecordOf(result(3_000)).measured).toEqual({ p50: 1, p90: 1, p99: 5 });
  expect(trialRecordOf(result(1_000)).measured).toEqual({ p50: 1, p90: 1 });
  expect(trialRecordOf(result(50)).measured).toEqual({});
});

it('keeps all latencies', () => {
  const { buckets } = decodeHdr(trialRecordOf(result(3_000)).latency);
  expect(buckets.map(({ count }) => count)).toEqual([2_940, 60]);
});

it('takes the request at the percentile, not the one after it', () => {
  const latency = {
    buckets: [
      { upTo: 1_000, count: 29_970 },
      { upTo: 5_000, count: 30 },
    ],
  };
  expect(trialRecordOf({ ...result(30_000), latency }).measured).toMatchObject({ p99: 1, 'p99.9': 1 });
});
