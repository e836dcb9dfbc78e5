import type { Arm, Verdict } from '@meshwright/model';
import { coordinate, type Markup, markup } from '../markup.ts';

/** A place in a picture. */
export interface Place {
  x: number;
  y: number;
}

/** A line through places. */
export function path(places: readonly Place[], kind: string): Markup {
  const steps = places.map(
    ({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${coordinate(x)} ${coordinate(y)}`,
  );
  return markup`<path class="${kind}" d="${steps.join('')}"/>`;
}

/** A level line. */
export function horizontal(y: number, [from, to]: readonly [number, number], kind: string): Markup {
  return markup`<line class="${kind}" x1="${from}" x2="${to}" y1="${y}" y2="${y}"/>`;
}

/** An upright line. */
export function vertical(x: number, [from, to]: readonly [number, number], kind: string): Markup {
  return markup`<line class="${kind}" x1="${x}" x2="${x}" y1="${from}" y2="${to}"/>`;
}

/** The mark of an arm: a disc for A, a square for B. */
export function armMark(arm: Arm, { x, y }: Place): Markup {
  return arm === 'a'
    ? markup`<circle class="mark a" cx="${x}" cy="${y}" r="4"/>`
    : markup`<rect class="mark b" x="${x - 4}" y="${y - 4}" width="8" height="8"/>`;
}

/** The mark of a block: full where A ran first, hollow where B did. */
export function blockMark(first: Arm, { x, y }: Place): Markup {
  return markup`<circle class="mark b${first === 'a' ? '' : ' hollow'}" cx="${x}" cy="${y}" r="4.5"/>`;
}

/** A cross: here something was lost. */
export function lostMark({ x, y }: Place): Markup {
  return markup`<path class="lost mark" d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8"/>`;
}

/** The ratio between the ends of its interval. */
export function whisker(
  kind: Verdict | 'quiet',
  y: number,
  [from, middle, to]: readonly [number, number, number],
): Markup {
  const cap = 6;
  return markup`<path class="whisker ${kind}" fill="none" d="M${from} ${y - cap}v${2 * cap}M${from} ${y}H${to}M${to} ${y - cap}v${2 * cap}"/><path class="mark ${kind}" d="M${middle} ${y - 7}l6 7l-6 7l-6 -7z"/>`;
}
