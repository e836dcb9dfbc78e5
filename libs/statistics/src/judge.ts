import {
  Contrast,
  type JudgedMetric,
  type Judgement,
  type Limit,
  type Metric,
  Verdict,
} from '@meshwright/model';
import { type Comparison, limitOf } from './comparison.ts';
import { type Differences, differencesOf } from './differences.ts';
import { varghaDelaney } from './effect.ts';
import { holm } from './holm.ts';
import { falseAlarm } from './looks.ts';
import { normalQuantile } from './normal.ts';
import { median, standardDeviation } from './quantile.ts';
import { leastPairs, type SignedRank, signedRank } from './signed-rank.ts';
import { signFlip } from './sign-flip.ts';
import { reasonOf, sayOf } from './saying.ts';

export interface JudgeOptions {
  /** The chance of a false alarm; of each look, where a comparison is looked at several times. */
  falseAlarm?: number;
  /** For draws, where there are too many blocks to look at all. */
  seed?: number;
}

/** Of an effect that is there, so many are to be found. */
const power = 0.8;
/** How many more deviations signed ranks take than a t-test on normal data: the square root of their efficiency. */
const priceOfRanks = 1.02;

/** How many standard errors an effect has to have; 2.54 for a comparison that is looked at once. */
function detectableErrors(alpha: number): number {
  return (normalQuantile(1 - alpha) + normalQuantile(power)) * priceOfRanks;
}

/**
 * Judges a comparison. A metric has regressed when the interval lies above 1 and the estimate reaches the limit, in share
 * and in unit; it passed when the whole interval lies under the limit; all else is inconclusive, missing data too.
 */
export function judge(comparison: Comparison, options: JudgeOptions = {}): Judgement {
  const alpha = options.falseAlarm ?? falseAlarm;
  const measured = comparison.metrics.map((metric) => measure(comparison, metric));
  const adjusted = holm(measured.map(({ ranks }) => ranks.pValue));
  const metrics = measured.map((each, place) =>
    judgeMetric(each, { alpha, pValue: adjusted[place] ?? 1, seed: options.seed }),
  );
  const verdict = worstVerdict(metrics.map((metric) => metric.verdict));
  const advisory = comparison.contrast === Contrast.advisory;
  return { id: comparison.id, verdict, reason: reasonOf(verdict, metrics, advisory), metrics };
}

interface Measured {
  metric: Metric;
  limit: Limit;
  differences: Differences;
  ranks: SignedRank;
}

function measure(comparison: Comparison, metric: Metric): Measured {
  const differences = differencesOf(comparison, metric);
  return { metric, limit: limitOf(metric), differences, ranks: signedRank(differences.logarithms) };
}

function judgeMetric(
  { metric, limit, differences, ranks }: Measured,
  { alpha, pValue, seed }: { alpha: number; pValue: number; seed: number | undefined },
): JudgedMetric {
  const { logarithms, a, b } = differences;
  const blocks = logarithms.length;
  const interval = ranks.interval(1 - 2 * alpha);
  if (interval === undefined) {
    const reason = sayOf.tooFew(metric, differences, leastPairs(1 - 2 * alpha));
    return { name: metric.name, verdict: Verdict.inconclusive, reason, blocks };
  }
  const sd = standardDeviation(logarithms);
  const found = {
    ratio: Math.exp(ranks.estimate),
    interval: [Math.exp(interval.low), Math.exp(interval.high)] as [number, number],
    effect: varghaDelaney(a, b),
    sd,
    detectable: (detectableErrors(alpha) * sd) / Math.sqrt(blocks),
    pValue,
    permutationPValue: signFlip(logarithms, seed),
  };
  const worse = { share: found.ratio - 1, absolute: median(a) * (found.ratio - 1) };
  const { verdict, reason } = decide(metric, limit, { ...found, worse, alpha });
  return { name: metric.name, verdict, reason, blocks, ...found };
}

function decide(
  metric: Metric,
  limit: Limit,
  found: {
    interval: [number, number];
    detectable: number;
    pValue: number;
    worse: { share: number; absolute: number };
    alpha: number;
  },
): Pick<JudgedMetric, 'verdict' | 'reason'> {
  const { interval, worse, pValue, alpha } = found;
  const [low, high] = interval;
  const isWorse = low > 1 && pValue <= alpha;
  const matters = worse.share >= limit.relative && worse.absolute >= limit.absolute;
  if (isWorse && matters) {
    return { verdict: Verdict.regressed, reason: sayOf.regressed(metric, limit, found) };
  }
  if (high < 1 + limit.relative)
    return { verdict: Verdict.passed, reason: sayOf.passed(metric, limit, found) };
  return { verdict: Verdict.inconclusive, reason: sayOf.undecided(metric, limit, { ...found, isWorse }) };
}

/** The verdict over several: one that regressed is enough, and all have to pass. One that is missing is inconclusive. */
export function worstVerdict(verdicts: readonly (Verdict | undefined)[]): Verdict {
  if (verdicts.includes(Verdict.regressed)) return Verdict.regressed;
  const passed = verdicts.length > 0 && verdicts.every((verdict) => verdict === Verdict.passed);
  return passed ? Verdict.passed : Verdict.inconclusive;
}
