import { asIs, clipped, type Quote } from './plain.ts';

/** Stands where a figure could not be had. */
export const nothing = '–';
/** Keeps a figure and its unit on one line. */
const space = '\u00a0';

/** Whether a figure can be drawn and told as a ratio or a time. */
export function isPositive(value: number | undefined): value is number {
  return value !== undefined && value >= 1e-100 && value <= 1e100;
}

/** A share as a percentage with three digits at most: `0.4 %`, `18.2 %`, `1,250 %`. */
export function percent(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return nothing;
  const value = share * 100;
  const size = Math.abs(value);
  if (size >= 1e6) return `${value < 0 ? 'less than -' : 'more than '}1,000,000${space}%`;
  const text = size >= 100 ? grouped(size) : String(Number(size.toFixed(1)));
  return `${value < 0 && text !== '0' ? '-' : ''}${text}${space}%`;
}

/** The same with its sign: `+3 %`, `-2 %`, `0 %`. */
export function signedPercent(share: number | undefined): string {
  const text = percent(share);
  return share !== undefined && share > 0 && text !== nothing && !text.startsWith('0\u00a0')
    ? `+${text}`
    : text;
}

/** The ends of an interval around a ratio as changes: `-2 to +3 %`. */
export function rangeText(interval: readonly [number, number] | undefined): string {
  if (interval === undefined) return nothing;
  const [low, high] = interval.map((end) => signedPercent(end - 1));
  return `${low?.replace(`${space}%`, '') ?? ''} to ${high ?? ''}`;
}

/** A small share in full: `0.013 %`. */
export function rareShare(part: number, whole: number): string {
  return whole > 0 && Number.isFinite(part)
    ? `${Number(((part / whole) * 100).toPrecision(2))}${space}%`
    : nothing;
}

/** A figure with three digits, and its unit: `12.3 ms`, `1,200`. `quote` gets a unit that is not a plain word. */
export function amount(value: number | undefined, unit = '', quote: Quote = asIs): string {
  if (value === undefined || !Number.isFinite(value)) return nothing;
  const text = isLarge(value) ? grouped(value) : String(Number(value.toPrecision(3)));
  if (unit === '') return text;
  return `${text}${space}${/^[a-zµ]{1,10}$/i.test(unit) ? unit : quote(clipped(unit, 20))}`;
}

/** A figure in a column: three digits always, `5.20` under `5.83`. */
export function columnFigure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return nothing;
  return isLarge(value) ? grouped(value) : value.toPrecision(3);
}

function isLarge(value: number): boolean {
  return Math.abs(value) >= 999.5 && Math.abs(value) < 1e9;
}

/** How many of something, with commas between thousands. */
export function count(value: number): string {
  return Number.isFinite(value) ? grouped(value) : nothing;
}

/** `1 block`, `2 blocks`. */
export function plural(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? '' : 's'}`;
}

/** A moment in UTC: `2026-11-21 12:20:36 UTC`. */
export function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return nothing;
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

function grouped(value: number): string {
  return value.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
