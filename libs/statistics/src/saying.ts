import type { JudgedMetric, Limit, Metric, Verdict } from '@meshwright/model';
import type { Differences } from './differences.ts';

interface Found {
  interval: [number, number];
  detectable: number;
  worse: { share: number; absolute: number };
}

/** The sentences behind verdicts of metrics. */
export const sayOf = {
  tooFew({ name }: Metric, { logarithms, unusable }: Differences, least: number): string {
    const had = `${logarithms.length} of ${least} blocks that ${name} needs at least`;
    const lost = unusable.map(({ why, blocks }) => `${blocks} ${why}`).join(', ');
    return lost === '' ? `There are ${had}.` : `There are ${had}; of the others ${lost}.`;
  },
  regressed(metric: Metric, limit: Limit, found: Found): string {
    return `${metric.name} is ${changeOf(metric, found)}, ${rangeOf(found)}: the limit is ${limitText(metric, limit)}.`;
  },
  passed(metric: Metric, limit: Limit, found: Found): string {
    return `${metric.name} is ${changeOf(metric, found)}, ${rangeOf(found)}: under the limit of ${percent(limit.relative)}.`;
  },
  undecided(metric: Metric, limit: Limit, { isWorse, ...found }: Found & { isWorse: boolean }): string {
    const what = `${metric.name} is ${changeOf(metric, found)}, ${rangeOf(found)}`;
    const { relative, absolute } = limit;
    if (isWorse && found.worse.share >= relative && found.worse.absolute < absolute)
      return `${what}: above ${percent(relative)}, and less than ${amount(metric, absolute)}.`;
    if (isWorse) return `${what}: worse, and it may be more or less than the limit of ${percent(relative)}.`;
    return `${what}: both no change and more than ${percent(relative)} are possible. So many blocks show ${percent(found.detectable)} or more.`;
  },
};

/** The sentence behind the verdict of a comparison. */
export function reasonOf(verdict: Verdict, metrics: readonly JudgedMetric[], advisory: boolean): string {
  const decisive = metrics.filter((metric) => metric.verdict === verdict);
  const said = decisive.map(({ reason }) => reason).join(' ') || 'There is no metric to judge.';
  return advisory
    ? `${said} Advisory: before and after without a control, so a drift of the machine looks like the change.`
    : said;
}

function changeOf(metric: Metric, { worse }: Found): string {
  const direction = worse.share < 0 ? 'lower' : 'higher';
  return `${percent(Math.abs(worse.share))} (${amount(metric, Math.abs(worse.absolute))}) ${direction}`;
}

function rangeOf({ interval: [low, high] }: Found): string {
  return `between ${signed(low - 1)} and ${signed(high - 1)}`;
}

function limitText(metric: Metric, { relative, absolute }: Limit): string {
  return absolute === 0 ? percent(relative) : `${percent(relative)} and ${amount(metric, absolute)}`;
}

function signed(share: number): string {
  return share < 0 ? `-${percent(-share)}` : `+${percent(share)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function amount({ unit }: Metric, value: number): string {
  const rounded = String(Number(value.toPrecision(3)));
  return unit === undefined ? rounded : `${rounded} ${unit}`;
}
