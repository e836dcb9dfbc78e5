import { advice } from './advice.ts';
import { curvePicture } from './charts/curve-picture.ts';
import { emptyPicture, type Picture, stacked, standalone, widths } from './charts/picture.ts';
import { ratiosPicture } from './charts/ratios-picture.ts';
import { verdictsPicture } from './charts/verdicts-picture.ts';
import { wordsPicture } from './charts/words.ts';
import { curvesOf } from './curves.ts';
import { type Finding, findingsOf, leadOf } from './findings.ts';
import { headline } from './headline.ts';
import type { MeasuredBaseline } from './measured.ts';
import { clipped } from './plain.ts';

export interface RatiosOptions {
  /** The name of a metric; the one that the verdict is explained with unless told. */
  metric?: string;
}

/** The latencies of both arms over percentiles, as a file of SVG. */
export function svgCurve(baseline: MeasuredBaseline): string {
  return standalone(curvePicture(curvesOf(baseline), widths.wide));
}

/** B over A of a metric in each block, as a file of SVG. */
export function svgRatios(baseline: MeasuredBaseline, { metric }: RatiosOptions = {}): string {
  return standalone(blocksPicture(baseline, findingFor(baseline, metric)));
}

/** The verdict in words and pictures, as one file of SVG. */
export function svgSummary(baseline: MeasuredBaseline): string {
  const width = widths.wide;
  const [first] = advice(baseline);
  const pictures = [
    wordsPicture(
      headline(baseline),
      [clipped(baseline.status.name, 80), ...(first === undefined ? [] : [first])],
      width,
    ),
    verdictsPicture(findingsOf(baseline).slice(0, 8), width),
    blocksPicture(baseline, leadOf(baseline)),
    curvePicture(curvesOf(baseline), width),
  ];
  return standalone(stacked(pictures, 24));
}

function findingFor(baseline: MeasuredBaseline, metric: string | undefined): Finding | undefined {
  if (metric === undefined) return leadOf(baseline);
  return findingsOf(baseline).find((finding) => finding.metric.name === metric);
}

function blocksPicture(baseline: MeasuredBaseline, finding: Finding | undefined): Picture {
  return finding === undefined
    ? emptyPicture('There is no such metric.', widths.wide)
    : ratiosPicture(baseline, finding, widths.wide);
}
