export { clopperPearson } from './binomial.ts';
export { type ChangePoint, type ChangePointOptions, changePoints } from './change-points.ts';
export {
  type Block,
  type Comparison,
  type Limit,
  limitOf,
  type Measurement,
  type Metric,
  shareOf,
  type Trial,
} from './comparison.ts';
export { type ErrorBurst, errorBurst, type ErrorCount, type ErrorLimits } from './error-burst.ts';
export { mergeHistograms, quantileOfHistogram } from './histogram.ts';
export { judge, type JudgedMetric, type Judgement, type JudgeOptions } from './judge.ts';
export { falseAlarm, falseAlarmPerLook, looks, nextLook } from './looks.ts';
export { type Environment, environments, simulatedBlocks, simulatedComparison } from './noise.ts';
export { median, quantile } from './quantile.ts';
export { type Random, seededRandom } from './random.ts';
export { type RatioEstimate, ratioOfPairs } from './ratio.ts';
export { type Interval, leastPairs, type SignedRank, signedRank } from './signed-rank.ts';
