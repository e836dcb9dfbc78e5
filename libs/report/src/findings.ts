import type { JudgedMetric, Judgement, Limit, Metric, Verdict } from '@meshwright/model';
import { limitOf, median } from '@meshwright/statistics';
import { isPositive } from './figures.ts';
import { isValid, type MeasuredBaseline, measuredOf } from './measured.ts';

/** What was found of one metric, with what it is held against. */
export interface Finding {
  metric: Metric;
  limit: Limit;
  /** Absent before the end. */
  judged: JudgedMetric | undefined;
  verdict: Verdict | undefined;
  /** How many times A the arm B is. */
  ratio: number | undefined;
  /** The ends of the interval around the ratio. */
  interval: readonly [low: number, high: number] | undefined;
  /** By how much B is above A, in the metric's unit. */
  difference: number | undefined;
}

/** The findings of a comparison, in the order of its metrics. */
export function findingsOf(baseline: MeasuredBaseline): Finding[] {
  const { metrics, judgement } = baseline.status;
  return metrics.map((metric) => findingOf(metric, judgement, usualOfA(baseline, metric.name)));
}

/** What a judgement says of a metric; `usual` is what A usually measures, where it is known. */
export function findingOf(metric: Metric, judgement: Judgement | undefined, usual?: number): Finding {
  const judged = judgement?.metrics.find(({ name }) => name === metric.name);
  const ratio = isPositive(judged?.ratio) ? judged.ratio : undefined;
  const interval = judged?.interval?.every(isPositive) === true ? judged.interval : undefined;
  return {
    metric,
    limit: limitOf(metric),
    judged,
    verdict: judged?.verdict,
    ratio,
    interval,
    difference: ratio === undefined || usual === undefined ? undefined : usual * (ratio - 1),
  };
}

function usualOfA({ status }: MeasuredBaseline, metric: string): number | undefined {
  const usable = status.blocks.filter(({ a, b }) => isValid(a) && isValid(b));
  const value = median(usable.map(({ a }) => measuredOf(a, metric)).filter(isPositive));
  return Number.isNaN(value) ? undefined : value;
}

/** The finding that the verdict is explained with: the one farthest above its limit, or nearest to it. */
export function leadOf(baseline: MeasuredBaseline): Finding | undefined {
  const { judgement } = baseline.status;
  const findings = findingsOf(baseline);
  const decisive = findings.filter(({ verdict }) => verdict === judgement?.verdict);
  return decisive.toSorted(byReach)[0] ?? findings[0];
}

/** Orders findings by how far above their limit they may be. */
export function byReach(left: Finding, right: Finding): number {
  return reach(right) - reach(left);
}

/** How far towards its limit a metric may be; what is not known at all comes first. */
function reach({ verdict, ratio, interval, limit }: Finding): number {
  const farthest = verdict === 'regressed' ? ratio : interval?.[1];
  return farthest === undefined ? Number.MAX_VALUE : farthest / (1 + limit.relative);
}
