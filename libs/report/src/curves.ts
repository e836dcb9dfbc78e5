import { decodeHdr } from '@meshwright/histogram';
import type { Arm, Histogram, TrialRecord } from '@meshwright/model';
import { median, quantileOfHistogram } from '@meshwright/statistics';
import { arms, isValid, type MeasuredBaseline, trialsOf } from './measured.ts';

/** A latency at a depth: the depth of a percentile is how many nines it has, 2 for p99. */
export interface CurvePoint {
  depth: number;
  milliseconds: number;
}

/** Latencies over percentiles. */
export interface Curves {
  /** One line for each valid trial. */
  trials: Readonly<Record<Arm, readonly (readonly CurvePoint[])[]>>;
  /** At each percentile the median of the trials' latencies: never a percentile of merged trials. */
  medians: Readonly<Record<Arm, readonly CurvePoint[]>>;
  /** Trials that were not valid and are not drawn. */
  invalid: number;
  /** Valid trials whose latencies could not be read, or are too few. */
  unread: number;
}

/** So many requests have to lie beyond a percentile for it to be told of a trial. */
const leastBeyond = 30;

/** The depth of a share: 0.3 for a half, 1 for 0.9, 2 for 0.99. */
export function depthOf(share: number): number {
  return -Math.log10(1 - share);
}

/** The percentiles that an axis names. */
export const namedShares = [0.25, 0.5, 0.9, 0.99, 0.999, 0.9999] as const;

const finest = 20;
const grid: readonly number[] = [
  ...namedShares.map(depthOf),
  ...Array.from({ length: 4 * finest }, (_, place) => place / finest),
]
  .filter((depth) => depth >= depthOf(namedShares[0]))
  .toSorted((left, right) => left - right)
  // 1 - 0.9 is not quite 0.1.
  .filter((depth, place, all) => place === 0 || depth - (all[place - 1] ?? 0) > 1e-6);

/** The curves of a comparison. */
export function curvesOf(baseline: MeasuredBaseline): Curves {
  const [a, b] = arms.map((arm) => {
    const valid = trialsOf(baseline, arm).filter(isValid);
    const lines = valid.map(lineOf).filter((line) => line.length > 1);
    return {
      lines,
      invalid: baseline.status.blocks.length - valid.length,
      unread: valid.length - lines.length,
    };
  });
  return {
    trials: { a: a?.lines ?? [], b: b?.lines ?? [] },
    medians: { a: medianOf(a?.lines ?? []), b: medianOf(b?.lines ?? []) },
    invalid: (a?.invalid ?? 0) + (b?.invalid ?? 0),
    unread: (a?.unread ?? 0) + (b?.unread ?? 0),
  };
}

function lineOf(trial: TrialRecord): CurvePoint[] {
  const histogram = latenciesOf(trial);
  const requests = histogram.buckets.reduce((sum, { count }) => sum + count, 0);
  const deepest = Math.log10(requests / leastBeyond) + 1e-9;
  return grid
    .filter((depth) => depth <= deepest)
    .map((depth) => ({ depth, milliseconds: quantileOfHistogram(histogram, 1 - 10 ** -depth) / 1_000 }));
}

function latenciesOf({ latency }: TrialRecord): Histogram {
  try {
    return decodeHdr(latency);
  } catch {
    return { buckets: [] };
  }
}

/** As far as all lines reach: with fewer of them it would be the median of others. */
function medianOf(lines: readonly (readonly CurvePoint[])[]): CurvePoint[] {
  const shortest = Math.min(...lines.map(({ length }) => length));
  return grid.slice(0, Number.isFinite(shortest) ? shortest : 0).map((depth, place) => ({
    depth,
    milliseconds: median(lines.map((line) => line[place]?.milliseconds ?? Number.NaN)),
  }));
}
