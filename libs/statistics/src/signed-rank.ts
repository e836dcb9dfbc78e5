import { ascending, median } from './quantile.ts';

/** The ends of an interval. */
export interface Interval {
  low: number;
  high: number;
}

/** What the signed ranks of differences say (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3.1 to 3.3). */
export interface SignedRank {
  /** Hodges-Lehmann: the median of the Walsh averages. */
  estimate: number;
  /** How probable differences at least as far above zero are where there is no shift, exactly. */
  pValue: number;
  /** The exact interval around the estimate; absent where there are too few differences for its confidence. */
  interval(confidence: number): Interval | undefined;
}

/**
 * The signed ranks of differences. They are assumed to lie symmetrically around their shift, and nothing else. A Walsh
 * average of exactly zero counts against a shift, so that the p-value is below a tail exactly when the interval leaves
 * zero out.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const averages = walshAverages(differences);
  const notAbove = averages.filter((average) => average <= 0).length;
  return {
    estimate: median(averages),
    pValue: tailOf(differences.length, notAbove),
    interval(confidence) {
      const outside = criticalRank(differences.length, (1 - confidence) / 2);
      const low = averages[outside - 1];
      const high = averages[averages.length - outside];
      return low === undefined || high === undefined ? undefined : { low, high };
    },
  };
}

/** The least number of differences that an interval of this confidence takes. */
export function leastPairs(confidence: number): number {
  return Math.ceil(-Math.log2((1 - confidence) / 2) - 1e-9);
}

function walshAverages(differences: readonly number[]): number[] {
  const averages = differences.flatMap((first, index) =>
    differences.slice(index).map((second) => (first + second) / 2),
  );
  return ascending(averages);
}

/** The largest rank k for which a signed rank sum below k has at most this probability where there is no shift; 0 for none. */
function criticalRank(pairs: number, tail: number): number {
  const tails = tailsOf(pairs);
  const beyond = tails.findIndex((probability) => probability > tail + rounding);
  return beyond === -1 ? tails.length : beyond;
}

/** Tails like 0.05 are not exact in binary: 1 - 0.9 is a little less than twice 0.05. */
const rounding = 1e-12;

function tailOf(pairs: number, sum: number): number {
  return tailsOf(pairs)[sum] ?? 1;
}

const knownTails = new Map<number, readonly number[]>();

/** How probable a signed rank sum of at most 0, 1, 2 ... is where there is no shift. */
function tailsOf(pairs: number): readonly number[] {
  const known = knownTails.get(pairs);
  if (known !== undefined) return known;
  let below = 0;
  const tails = signedRankProbabilities(pairs).map((probability) => (below += probability));
  knownTails.set(pairs, tails);
  return tails;
}

/** How probable each sum of those of the ranks 1 to n is that carry a plus, when every sign is a coin's. */
function signedRankProbabilities(pairs: number): number[] {
  let probabilities = [1];
  for (let rank = 1; rank <= pairs; rank += 1) {
    const next = new Array<number>(probabilities.length + rank).fill(0);
    for (const [sum, probability] of probabilities.entries()) {
      next[sum] = (next[sum] ?? 0) + probability / 2;
      next[sum + rank] = (next[sum + rank] ?? 0) + probability / 2;
    }
    probabilities = next;
  }
  return probabilities;
}
