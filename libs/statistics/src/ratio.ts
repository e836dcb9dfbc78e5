import { type Interval, signedRank } from './signed-rank.ts';

/** The estimate of a ratio over pairs of measurements, with its interval. */
export interface RatioEstimate {
  /** How many times the reference: Hodges-Lehmann over the logarithms of the pairs' ratios. */
  estimate: number;
  /** The ends of the 90 % interval (exact signed rank, Walsh averages); absent with fewer than five pairs. */
  interval?: Interval;
  pairs: number;
}

/** How one arm compares with another: `pairs` are measurements close in time, all above 0. */
export function ratioOfPairs(pairs: readonly { value: number; reference: number }[]): RatioEstimate {
  const ranks = signedRank(pairs.map(({ value, reference }) => Math.log(value / reference)));
  const found = { estimate: Math.exp(ranks.estimate), pairs: pairs.length };
  const interval = ranks.interval(0.9);
  if (interval === undefined) return found;
  return { ...found, interval: { low: Math.exp(interval.low), high: Math.exp(interval.high) } };
}
