import type { Verdict } from '@meshwright/model';
import { rangeText, signedPercent } from '../figures.ts';
import type { Finding } from '../findings.ts';
import { type Markup, markup, together } from '../markup.ts';
import { clipped } from '../plain.ts';
import { bottomAxis, legend, type LegendItem } from './axes.ts';
import { horizontal, vertical, whisker } from './marks.ts';
import { emptyPicture, type Picture } from './picture.ts';
import { ratioLabel } from './ratios-picture.ts';
import { domainOf, logScale, type Scale, ticksOf } from './scale.ts';
import { widthOf } from './words.ts';

const height = { row: 54, figures: 18, axis: 46, gap: 8 };
const edge = 24;

/** Of each metric the ratio between the ends of its interval, beside its limit and no change. */
export function verdictsPicture(
  findings: readonly Finding[],
  width: number,
  axis = 'B compared with A',
): Picture {
  if (findings.length === 0) return emptyPicture('There is no metric to judge.', width);
  const signs = legend(legendItems, width);
  const top = signs.height + height.gap;
  const isTight = findings.some((finding) => widthOf(saying(finding).join('   ')) > width);
  const rowHeight = height.row + (isTight ? height.figures : 0);
  const bottom = top + findings.length * rowHeight;
  const values = findings.flatMap(({ ratio, interval, limit }) => [
    1,
    1 + limit.relative,
    ...(interval ?? []),
    ...(ratio === undefined ? [] : [ratio]),
  ]);
  const domain = domainOf(values);
  const x = logScale(domain, [edge, width - edge]);
  const ticks = ticksOf(domain, 7).map((tick) => ({ at: x(tick), label: ratioLabel(tick) }));
  return {
    width,
    height: bottom + height.axis,
    label: findings.map((finding) => saying(finding).join(' ')).join('; '),
    content: together([
      signs.content,
      bottomAxis({ left: edge, right: width - edge, top, bottom }, ticks, axis, false),
      ...findings.map((finding, place) => row(finding, { x, top: top + place * rowHeight, width, isTight })),
      horizontal(bottom, [0, width], 'grid'),
    ]),
  };
}

const legendItems: readonly LegendItem[] = [
  {
    sign: (x, y) => whisker('quiet', y, [x - 12, x, x + 12]),
    text: 'ratio and interval',
  },
  {
    sign: (x, y) => vertical(x, [y - 8, y + 8], 'limit'),
    text: 'limit',
  },
  {
    sign: (x, y) => vertical(x, [y - 8, y + 8], 'even'),
    text: 'no change',
  },
];

function row(
  finding: Finding,
  { x, top, width, isTight }: { x: Scale; top: number; width: number; isTight: boolean },
): Markup {
  const { limit, ratio, interval, verdict } = finding;
  const [name, said, figures] = saying(finding);
  const middle = top + 36 + (isTight ? height.figures : 0);
  const at = x(1 + limit.relative);
  const place = isTight
    ? markup`x="0" y="${top + 17 + height.figures}"`
    : markup`x="${width}" y="${top + 17}" text-anchor="end"`;
  const parts = [
    horizontal(top, [0, width], 'grid'),
    markup`<text class="strong" x="0" y="${top + 17}">${name}<tspan class="${verdict ?? 'quiet'}" dx="10">${said}</tspan></text>`,
    markup`<text class="quiet" ${place}>${figures}</text>`,
    vertical(x(1), [middle - 13, middle + 13], 'even'),
    vertical(at, [middle - 13, middle + 13], 'limit'),
  ];
  if (ratio !== undefined && interval !== undefined) {
    parts.push(whisker(verdict ?? 'quiet', middle, [x(interval[0]), x(ratio), x(interval[1])]));
  }
  return together(parts);
}

const words: Readonly<Record<Verdict, string>> = {
  passed: '✓ passed',
  regressed: '✗ regressed',
  inconclusive: '? inconclusive',
};

function saying({
  metric,
  verdict,
  ratio,
  interval,
}: Finding): [name: string, verdict: string, figures: string] {
  const word = verdict === undefined ? 'not judged yet' : words[verdict];
  const figures =
    ratio === undefined ? 'no interval' : `${signedPercent(ratio - 1)} (${rangeText(interval)})`;
  return [clipped(metric.name, 16), word, figures];
}
