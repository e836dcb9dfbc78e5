import { Verdict } from '@meshwright/model';
import { leastPairs } from '@meshwright/statistics';
import { percent, plural, signedPercent } from './figures.ts';
import { type Finding, findingsOf, leadOf } from './findings.ts';
import { confidenceOf, type MeasuredBaseline } from './measured.ts';
import { asIs, clipped, listed, type Quote } from './plain.ts';

/** What verdicts are called. */
export const verdictNames: Readonly<Record<Verdict, string>> = {
  passed: 'Passed',
  regressed: 'Regressed',
  inconclusive: 'Inconclusive',
};

/**
 * The sentence for those who read no other: the verdict, and the metric that it is explained with. Names in it are foreign
 * text; `quote` gets each.
 */
export function headline(baseline: MeasuredBaseline, quote: Quote = asIs): string {
  const { judgement, waitingFor } = baseline.status;
  if (judgement === undefined) {
    return waitingFor === undefined
      ? 'Not judged: it ended before a verdict.'
      : `Not judged yet: it waits for ${quote(clipped(waitingFor, 80))}.`;
  }
  const lead = leadOf(baseline);
  const word = verdictNames[judgement.verdict];
  return lead === undefined
    ? `${word}: there is no metric to judge.`
    : `${word}: ${saidOf(lead, baseline, quote)}.`;
}

function saidOf(
  { metric, verdict, judged, ratio, interval, limit }: Finding,
  baseline: MeasuredBaseline,
  quote: Quote,
): string {
  const name = quote(clipped(metric.name, 24));
  if (ratio === undefined || interval === undefined) {
    const least = leastPairs(confidenceOf(baseline.input));
    return `${name} was measured in ${plural(judged?.blocks ?? 0, 'usable block')}, and ${least} are needed at least`;
  }
  const [low, high] = interval.map((end) => signedPercent(end - 1));
  const held = `the limit is ${percent(limit.relative)}`;
  if (verdict === Verdict.inconclusive) {
    return `${name} is ${changeOf(ratio)}, but all between ${low ?? ''} and ${high ?? ''} is possible; ${held}`;
  }
  return `${name} is ${changeOf(ratio)}, between ${low ?? ''} and ${high ?? ''}; ${held}`;
}

function changeOf(ratio: number): string {
  const size = percent(Math.abs(ratio - 1));
  if (size === percent(0)) return 'unchanged';
  return `${size} ${ratio < 1 ? 'lower' : 'higher'}`;
}

/** What became of the metrics that the headline does not name; undefined where there are none. */
export function otherMetrics(baseline: MeasuredBaseline, quote: Quote = asIs): string | undefined {
  const lead = leadOf(baseline)?.metric.name;
  const others = findingsOf(baseline).filter(({ metric }) => metric.name !== lead);
  const groups = Object.values(Verdict).flatMap((verdict) => {
    const names = others
      .filter((finding) => finding.verdict === verdict)
      .map(({ metric }) => quote(clipped(metric.name, 24)));
    return names.length === 0 ? [] : [`${listed(names)} ${becameOf[verdict]}`];
  });
  return groups.length === 0 ? undefined : `Of the other metrics, ${groups.join('; ')}.`;
}

const becameOf: Readonly<Record<Verdict, string>> = {
  passed: 'passed',
  regressed: 'regressed',
  inconclusive: 'stayed inconclusive',
};
