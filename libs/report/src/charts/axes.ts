import { type Markup, markup, together } from '../markup.ts';
import { horizontal, vertical } from './marks.ts';
import { widthOf } from './words.ts';

/** Where the data are drawn. */
export interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A place on an axis, and what stands beside it. */
export interface Tick {
  at: number;
  label: string;
}

/** Horizontal lines with their labels on the left, and above them what they count. */
export function leftAxis({ left, right, top }: Area, ticks: readonly Tick[], title: string): Markup {
  const lines = ticks.map(
    ({ at, label }) =>
      markup`${horizontal(at, [left, right], 'grid')}<text class="quiet" x="${left - 8}" y="${at + 4}" text-anchor="end">${label}</text>`,
  );
  return markup`${lines}<text class="quiet" x="0" y="${top - 12}">${title}</text>`;
}

/** Labels under the area, and under those what they count; labels that would touch an earlier one are left out. */
export function bottomAxis(area: Area, ticks: readonly Tick[], title: string, hasLines = true): Markup {
  const { left, right, top, bottom } = area;
  const shown = apart(ticks).map(({ at, label }) => {
    const line = hasLines ? vertical(at, [top, bottom], 'grid') : '';
    return markup`${line}<text class="quiet" x="${at}" y="${bottom + 18}" text-anchor="middle">${label}</text>`;
  });
  return markup`${shown}<text class="quiet" x="${(left + right) / 2}" y="${bottom + 38}" text-anchor="middle">${title}</text>`;
}

/** The ticks whose labels have room, from the first on. */
export function apart(ticks: readonly Tick[]): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const touches = kept.some(({ at, label }) => {
      const room = (widthOf(label) + widthOf(tick.label)) / 2 + 6;
      return Math.abs(at - tick.at) < room;
    });
    if (!touches) kept.push(tick);
  }
  return kept;
}

/** A sign and what it means. */
export interface LegendItem {
  /** Drawn within 26 by 12 pixels around this middle. */
  sign: (x: number, y: number) => Markup;
  text: string;
}

const signWidth = 26;
const rowHeight = 20;

/** Signs with their meanings from the top, in as many rows as the width takes. */
export function legend(items: readonly LegendItem[], width: number): { content: Markup; height: number } {
  const parts: Markup[] = [];
  let [x, row] = [0, 0];
  for (const { sign, text } of items) {
    const needed = signWidth + 8 + widthOf(text);
    if (x > 0 && x + needed > width) [x, row] = [0, row + 1];
    const y = row * rowHeight + 10;
    parts.push(
      sign(x + signWidth / 2, y),
      markup`<text x="${x + signWidth + 6}" y="${y + 4}">${text}</text>`,
    );
    x += needed + 14;
  }
  return { content: together(parts), height: (row + 1) * rowHeight };
}
