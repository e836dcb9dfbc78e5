import { percent, signedPercent } from '../figures.ts';
import type { Finding } from '../findings.ts';
import { type Markup, markup, none, together } from '../markup.ts';
import { confidenceOf, type MeasuredBaseline } from '../measured.ts';
import { clipped } from '../plain.ts';
import { type BlockRatio, ratiosOf } from '../ratios.ts';
import { type Area, bottomAxis, leftAxis, legend, type LegendItem, type Tick } from './axes.ts';
import { blockMark, horizontal, lostMark } from './marks.ts';
import { emptyPicture, type Picture } from './picture.ts';
import { domainOf, logScale, type Scale, spread, ticksOf } from './scale.ts';
import { widthOf } from './words.ts';

const height = { plot: 190, title: 28, axis: 46 };

/** B over A of a metric in each block, in their order, over the interval, the limit and no change. */
export function ratiosPicture(baseline: MeasuredBaseline, finding: Finding, width: number): Picture {
  const { metric, ratio, interval, limit } = finding;
  const blocks = ratiosOf(baseline, metric.name);
  const name = clipped(metric.name, 24);
  const known = blocks.flatMap(({ ratio: value }) => (value === undefined ? [] : [value]));
  if (known.length === 0) return emptyPicture(`No block has a ${name} of both arms.`, width);
  const signs = legend(legendItems(finding, blocks, confidenceOf(baseline.input)), width);
  const top = signs.height + height.title;
  const area = { left: 56, right: width - 112, top, bottom: top + height.plot };
  const levels = [1, 1 + limit.relative, ...(ratio === undefined ? [] : [ratio])];
  const domain = domainOf([...known, ...levels, ...(interval ?? [])]);
  // Crosses have a strip of their own, under everything that has a height.
  const strip = known.length < blocks.length ? 20 : 0;
  const y = logScale(domain, [area.bottom - strip, area.top]);
  return {
    width,
    height: area.bottom + height.axis,
    label: `${name} of B over A in each block, in the order in which they ran.`,
    content: together([
      signs.content,
      band(area, y, interval),
      leftAxis(
        area,
        ticksOf(domain, 6).map((tick) => ({ at: y(tick), label: ratioLabel(tick) })),
        `${name}: B over A`,
      ),
      levelLines(area, y, finding),
      ...blocks.map((block, place) => blockSign(block, { x: middleOf(place, blocks.length, area), y, area })),
      bottomAxis(area, blockTicks(blocks, area), 'block', false),
    ]),
  };
}

/** A ratio as the change that it is; as a factor where a percentage says nothing any more. */
export function ratioLabel(ratio: number): string {
  if (ratio < 10 && ratio >= 0.1) return signedPercent(ratio - 1);
  return `×${Number(ratio.toPrecision(3))}`;
}

function legendItems(
  { ratio, interval }: Finding,
  blocks: readonly BlockRatio[],
  confidence: number,
): LegendItem[] {
  const items: LegendItem[] = [
    { sign: (x, y) => blockMark('a', { x, y }), text: 'A ran first' },
    { sign: (x, y) => blockMark('b', { x, y }), text: 'B ran first' },
  ];
  if (interval !== undefined && ratio !== undefined) {
    items.push({ sign: bandSign, text: `ratio, with its interval of ${percent(confidence)}` });
  }
  if (blocks.some(({ ratio: value }) => value === undefined)) {
    items.push({ sign: (x, y) => lostMark({ x, y }), text: 'not judged' });
  }
  return items;
}

function bandSign(x: number, y: number): Markup {
  const line = horizontal(y, [x - 13, x + 13], 'level b');
  return markup`<rect class="band" x="${x - 13}" y="${y - 6}" width="26" height="12"/>${line}`;
}

/** Every block, or every second, third … where there are too many for their numbers to stand beside each other. */
function blockTicks(blocks: readonly BlockRatio[], area: Area): Tick[] {
  const distance = (area.right - area.left) / blocks.length;
  const every = Math.ceil((widthOf(String(blocks.length)) + 6) / distance);
  return blocks
    .map(({ block }, place) => ({ at: middleOf(place, blocks.length, area), label: String(block) }))
    .filter((_, place) => place % every === 0);
}

function middleOf(place: number, blocks: number, { left, right }: Area): number {
  return left + ((place + 0.5) / blocks) * (right - left);
}

function blockSign(
  { ratio, first }: BlockRatio,
  { x, y, area }: { x: number; y: Scale; area: Area },
): Markup {
  return ratio === undefined ? lostMark({ x, y: area.bottom - 10 }) : blockMark(first, { x, y: y(ratio) });
}

function band({ left, right }: Area, y: Scale, interval: Finding['interval']): Markup {
  if (interval === undefined) return none;
  const [low, high] = interval;
  return markup`<rect class="band" x="${left}" y="${y(high)}" width="${right - left}" height="${y(low) - y(high)}"/>`;
}

function levelLines({ left, right, top, bottom }: Area, y: Scale, { ratio, limit }: Finding): Markup {
  const levels = [
    { at: y(1), kind: 'even', text: 'no change' },
    { at: y(1 + limit.relative), kind: 'limit', text: `limit ${ratioLabel(1 + limit.relative)}` },
    ...(ratio === undefined ? [] : [{ at: y(ratio), kind: 'level b', text: `ratio ${ratioLabel(ratio)}` }]),
  ];
  const heights = spread(
    levels.map(({ at }) => at),
    17,
    [top + 4, bottom - 4],
  );
  return together(
    levels.map(({ at, kind, text }, place) => {
      const line = horizontal(at, [left, right], kind);
      return markup`${line}<text class="${kind.startsWith('level') ? 'strong' : 'quiet'}" x="${right + 8}" y="${(heights[place] ?? at) + 4}">${text}</text>`;
    }),
  );
}
