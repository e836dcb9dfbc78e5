import type { LoadResult, TrialRecord } from '@meshwright/model';
import { quantileOfHistogram } from '@meshwright/statistics';
import { encodeHdr } from './hdr.ts';

/** The percentiles of a trial, and how many requests each needs so that thirty lie beyond it. */
const percentiles = [
  { name: 'p50', share: 0.5, least: 60 },
  { name: 'p90', share: 0.9, least: 300 },
  { name: 'p99', share: 0.99, least: 3_000 },
  { name: 'p99.9', share: 0.999, least: 30_000 },
];

/** What of a result is kept and judged. A percentile that too few requests stand behind is left out: it is missing data. */
export function trialRecordOf(result: LoadResult): TrialRecord {
  const { generator, clock, startedAt, invalid, requests, achievedRate, errors, latency } = result;
  const counted = latency.buckets.reduce((sum, { count }) => sum + count, 0);
  const known = percentiles.filter(({ least }) => counted >= least);
  const measured = known.map(
    ({ name, share }) => [name, quantileOfHistogram(latency, share) / 1_000] as const,
  );
  return {
    generator,
    clock,
    startedAt,
    invalid,
    requests,
    achievedRate,
    errors,
    measured: Object.fromEntries(measured),
    latency: encodeHdr(latency),
  };
}
