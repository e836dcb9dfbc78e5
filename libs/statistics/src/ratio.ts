/** The estimate of a ratio over pairs of measurements, with its interval. */
export interface RatioEstimate {
  /** How many times the reference: Hodges-Lehmann over the logarithms of the pairs' ratios. */
  estimate: number;
  /** The ends of the 90 % interval (exact signed rank, Walsh averages); absent with fewer than five pairs. */
  interval?: { low: number; high: number };
  pairs: number;
}

/** The value that half of the values do not exceed; the mean of both middle ones. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** The smallest value that the given share of the values does not exceed (nearest rank). NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * values.length));
  return ascending(values)[rank - 1] ?? Number.NaN;
}

/**
 * How one arm compares with another: `pairs` are measurements close in time, all above 0. The interval needs no
 * assumption but that the logarithms of the ratios lie symmetrically (Wilcoxon's signed rank; Hollander, Wolfe and
 * Chicken, Nonparametric Statistical Methods, 3.2 and 3.3).
 */
export function ratioOfPairs(pairs: readonly { value: number; reference: number }[]): RatioEstimate {
  const averages = walshAverages(pairs.map(({ value, reference }) => Math.log(value / reference)));
  const estimate = Math.exp(median(averages));
  const outside = criticalRank(pairs.length, 0.05);
  const low = averages[outside - 1];
  const high = averages[averages.length - outside];
  if (low === undefined || high === undefined) return { estimate, pairs: pairs.length };
  return { estimate, interval: { low: Math.exp(low), high: Math.exp(high) }, pairs: pairs.length };
}

function walshAverages(differences: readonly number[]): number[] {
  const averages = differences.flatMap((first, index) =>
    differences.slice(index).map((second) => (first + second) / 2),
  );
  return ascending(averages);
}

/** The largest rank k for which a signed rank sum below k has at most this probability under no difference; 0 for none. */
function criticalRank(pairs: number, tail: number): number {
  const counts = signedRankCounts(pairs);
  const all = 2 ** pairs;
  let below = 0;
  let rank = 0;
  for (const count of counts) {
    below += count;
    if (below / all > tail) break;
    rank += 1;
  }
  return rank;
}

/** In how many of all choices of signs the ranks 1 to n with a plus add up to each sum. */
function signedRankCounts(pairs: number): number[] {
  let counts = [1];
  for (let rank = 1; rank <= pairs; rank += 1) {
    const next = [...counts, ...new Array<number>(rank).fill(0)];
    for (const [sum, count] of counts.entries()) next[sum + rank] = (next[sum + rank] ?? 0) + count;
    counts = next;
  }
  return counts;
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((left, right) => left - right);
}
