import { leastRequests, type LoadResult, type TrialRecord } from '@meshwright/model';
import { quantileOfHistogram, shareOf } from '@meshwright/statistics';
import { encodeHdr } from './hdr.ts';

/** What of a result is kept and judged. A percentile that too few requests stand behind is left out: it is missing data. */
export function trialRecordOf(result: LoadResult): TrialRecord {
  const { generator, clock, startedAt, invalid, requests, achievedRate, errors, latency } = result;
  const counted = latency.buckets.reduce((sum, { count }) => sum + count, 0);
  const measured: Record<string, number> = {};
  for (const [name, least] of Object.entries(leastRequests)) {
    const share = shareOf(name);
    if (share !== undefined && counted >= least) measured[name] = quantileOfHistogram(latency, share) / 1_000;
  }
  return {
    generator,
    clock,
    startedAt,
    invalid,
    requests,
    achievedRate,
    errors,
    measured,
    latency: encodeHdr(latency),
  };
}
