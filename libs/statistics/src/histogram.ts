import type { Histogram } from '@meshwright/model';

/**
 * The bound of the bucket that holds the given share of all measurements: never less than the true percentile, and more by
 * at most the width of the bucket. NaN for a histogram without measurements.
 */
export function quantileOfHistogram({ buckets }: Histogram, share: number): number {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(share * total));
  let below = 0;
  for (const { upTo, count } of buckets) {
    below += count;
    if (below >= rank) return upTo;
  }
  return Number.NaN;
}

/** All measurements of both in one. Only for histograms of one trial: percentiles of several trials are never merged. */
export function mergeHistograms(parts: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const { upTo, count } of parts.flatMap(({ buckets }) => buckets)) {
    counts.set(upTo, (counts.get(upTo) ?? 0) + count);
  }
  const buckets = [...counts].map(([upTo, count]) => ({ upTo, count }));
  return { buckets: buckets.sort((left, right) => left.upTo - right.upTo) };
}
