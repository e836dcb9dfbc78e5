import type { Arm } from '@meshwright/model';
import { type CurvePoint, type Curves, depthOf, namedShares } from '../curves.ts';
import { amount, isPositive } from '../figures.ts';
import { type Markup, markup, together } from '../markup.ts';
import { armNames, arms } from '../measured.ts';
import { type Area, bottomAxis, leftAxis, legend, type LegendItem } from './axes.ts';
import { armMark, horizontal, path, type Place } from './marks.ts';
import { emptyPicture, type Picture } from './picture.ts';
import { depthScale, domainOf, logScale, type Scale, spread, ticksOf } from './scale.ts';

const height = { plot: 250, title: 28, axis: 46 };
const label = 'Latency over percentiles of both arms: a thin line for each trial, and their median.';

/** Latency over percentiles: thin lines for trials, thick ones for the median of the blocks. */
export function curvePicture({ trials, medians }: Curves, width: number): Picture {
  const lines = arms.flatMap((arm) => trials[arm]);
  if (lines.length === 0) return emptyPicture('There are no latencies that could be drawn.', width);
  const signs = legend(legendItems, width);
  const top = signs.height + height.title;
  const area = { left: 48, right: width - 26, top, bottom: top + height.plot };
  const points = lines.flat();
  const domain = domainOf(points.map(({ milliseconds }) => milliseconds));
  const deepest = points.reduce((most, { depth }) => Math.max(most, depth), 1);
  const scales = {
    x: depthScale(deepest, [area.left, area.right]),
    y: logScale(domain, [area.bottom, area.top]),
  };
  const drawn = (line: readonly CurvePoint[]): Place[] => placesOf(line, scales);
  return {
    width,
    height: area.bottom + height.axis,
    label,
    content: together([
      signs.content,
      leftAxis(
        area,
        ticksOf(domain, 7).map((tick) => ({ at: scales.y(tick), label: amount(tick) })),
        'latency (ms)',
      ),
      bottomAxis(area, percentileTicks(scales.x, deepest), 'percentile of the requests (%)'),
      ...arms.flatMap((arm) => trials[arm].map((line) => path(drawn(line), `thin ${arm}`))),
      ...arms.map((arm) => path(drawn(medians[arm]), `line ${arm}`)),
      ...arms.flatMap((arm) => drawn(medians[arm].filter(isNamed)).map((place) => armMark(arm, place))),
      endLabels(area, { a: drawn(medians.a), b: drawn(medians.b) }),
    ]),
  };
}

const legendItems: readonly LegendItem[] = [
  ...arms.map((arm) => ({
    sign: (x: number, y: number) =>
      together([horizontal(y, [x - 13, x + 13], `line ${arm}`), armMark(arm, { x, y })]),
    text: armNames[arm],
  })),
  {
    sign: (x, y) => horizontal(y, [x - 13, x + 13], 'thin a'),
    text: 'thin: one trial; thick: the median of the blocks',
  },
];

function placesOf(line: readonly CurvePoint[], { x, y }: { x: Scale; y: Scale }): Place[] {
  return line
    .filter(({ milliseconds }) => isPositive(milliseconds))
    .map(({ depth, milliseconds }) => ({ x: x(depth), y: y(milliseconds) }));
}

/** The shares whose latencies are marked: those that the axis names, from the half on. */
function isNamed({ depth }: CurvePoint): boolean {
  return namedShares.some((share) => share >= 0.5 && Math.abs(depthOf(share) - depth) < 1e-6);
}

/** The usual percentiles come first: where there is too little room, the others go. */
function percentileTicks(x: Scale, deepest: number): { at: number; label: string }[] {
  const [first, ...usual] = namedShares;
  return [...usual, first]
    .filter((share) => depthOf(share) <= deepest + 1e-6)
    .map((share) => ({ at: x(depthOf(share)), label: String(Number((share * 100).toPrecision(6))) }));
}

function endLabels({ top, bottom }: Area, lines: Readonly<Record<Arm, readonly Place[]>>): Markup {
  const ends = arms.flatMap((arm) => {
    const end = lines[arm].at(-1);
    return end === undefined ? [] : [{ arm, ...end }];
  });
  const heights = spread(
    ends.map(({ y }) => y),
    16,
    [top, bottom],
  );
  return together(
    ends.map(({ arm, x }, place) => {
      const y = (heights[place] ?? top) + 5;
      return markup`<text class="strong ${arm}" x="${x + 9}" y="${y}">${arm.toUpperCase()}</text>`;
    }),
  );
}
