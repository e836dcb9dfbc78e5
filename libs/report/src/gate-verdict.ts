import type { GateStatus, Metric, Verdict } from '@meshwright/model';
import { type Picture, stacked, standalone } from './charts/picture.ts';
import { verdictsPicture } from './charts/verdicts-picture.ts';
import { wordsPicture } from './charts/words.ts';
import { percent, rangeText, signedPercent } from './figures.ts';
import { type Finding, findingOf } from './findings.ts';
import { verdictNames } from './headline.ts';
import { clipped } from './plain.ts';

/** A change that its gate has judged. */
export interface JudgedChange {
  /** What was changed: `checkout-mesh on production-eu`. */
  title: string;
  gate: GateStatus;
  /** What it was judged by: the metrics of its plan. */
  metrics: readonly Metric[];
}

/** A verdict as a picture, with what it shows in words. */
export interface VerdictPicture {
  svg: string;
  title: string;
  description: string;
}

/** Chats show pictures about as wide as a hand: figures have to be read there. */
const width = 640;
const axis = 'with the change, compared with how it is without';
const most = { endpoints: 3, metrics: 5 };

/** The interval of each metric beside its limit, for each endpoint of a judged change; undefined where nothing was judged. */
export function svgVerdict({ title, gate, metrics }: JudgedChange): VerdictPicture | undefined {
  const judged = gate.comparisons.filter(({ judgement }) => judgement !== undefined);
  if (gate.verdict === undefined || judged.length === 0) return undefined;
  const about = judged.map(({ endpoint, judgement }) => ({
    endpoint,
    findings: metrics
      .filter(({ name }) => judgement?.metrics.some((metric) => metric.name === name) === true)
      .map((metric) => findingOf(metric, judgement)),
  }));
  const head = `${verdictNames[gate.verdict]}: ${clipped(title, 120)}`;
  const pictures: Picture[] = [wordsPicture(head, [], width)];
  for (const { endpoint, findings } of about.slice(0, most.endpoints)) {
    const only = judged.length === 1 ? [] : [wordsPicture(clipped(endpoint, 80), [], width)];
    pictures.push(...only, verdictsPicture(findings.slice(0, most.metrics), width, axis));
  }
  const left = leftOut(about);
  if (left.length > 0) pictures.push(wordsPicture('', left, width));
  return {
    svg: standalone(stacked(pictures, 18)),
    title: head,
    description: describe(gate.verdict, about),
  };
}

type About = readonly { endpoint: string; findings: readonly Finding[] }[];

function leftOut(about: About): string[] {
  const endpoints = about.length - most.endpoints;
  const metrics = Math.max(...about.map(({ findings }) => findings.length)) - most.metrics;
  return [
    ...(endpoints > 0 ? [`${endpoints} more endpoints were judged.`] : []),
    ...(metrics > 0 ? [`${metrics} more metrics were judged.`] : []),
  ];
}

function describe(verdict: Verdict, about: About): string {
  const said = about.slice(0, most.endpoints).map(({ endpoint, findings }) => {
    const each = findings.slice(0, most.metrics).map(({ metric, ratio, interval, limit }) => {
      const figures =
        ratio === undefined ? 'no figure' : `${signedPercent(ratio - 1)} (${rangeText(interval)})`;
      return `${clipped(metric.name, 24)} ${figures}, limit ${percent(limit.relative)}`;
    });
    return `${clipped(endpoint, 60)}: ${each.join('; ')}`;
  });
  return `${verdictNames[verdict]}. ${said.join('. ')}.`;
}
