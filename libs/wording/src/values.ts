import { escapeText, truncate, widthOf } from './text.ts';

/** A value of a field, on one line; objects and lists as JSON. */
export function formatValue(value: unknown): string {
  return escapeText(JSON.stringify(value ?? null));
}

/** Two texts that differ, as the lines of each that are shown below one another. */
export interface Contrast {
  before: string[];
  after: string[];
}

/** How a text ends that was cut before it was stored: where it was cut says nothing. */
const cut = /… \(\d+ characters\)$/;

/** Lines of each side of a text that are shown around a change. */
const mostLines = 6;

/**
 * Two values that differ, each cut to what tells them apart: of texts of several lines the lines that differ, of long
 * ones the part around the first difference. At most `width` columns wide; `full` leaves no line out.
 */
export function contrast(before: unknown, after: unknown, width: number, full: boolean): Contrast {
  if (typeof before === 'string' && typeof after === 'string' && isLong(before, after)) {
    return contrastLines(before.split('\n'), after.split('\n'), width, full);
  }
  const [one, other] = [formatValue(before), formatValue(after)];
  const start = Math.max(0, firstDifference(one, other) - Math.floor(width / 3));
  return { before: [around(one, start, width)], after: [around(other, start, width)] };
}

function isLong(one: string, other: string): boolean {
  return one.trimEnd().includes('\n') || other.trimEnd().includes('\n');
}

function contrastLines(before: string[], after: string[], width: number, full: boolean): Contrast {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const bothCut = [before, after].every((lines) => cut.test(lines.at(-1) ?? '') && lines.length > head + 1);
  const shown = (lines: string[]): string[] => {
    const differing = lines.slice(head, lines.length - (bothCut ? 1 : tail));
    const changed = differing.map((line) => truncate(escapeText(line), width));
    if (full || changed.length <= mostLines) return changed;
    return [...changed.slice(0, mostLines), `… ${changed.length - mostLines} more lines`];
  };
  return { before: shown(before), after: shown(after) };
}

function firstDifference(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index += 1;
  return index;
}

/** The text from a place on, unless all of it fits. */
function around(text: string, start: number, width: number): string {
  if (start === 0 || widthOf(text) <= width) return truncate(text, width);
  // A cut through a pair of surrogates would leave half a character.
  const from = /[\udc00-\udfff]/.test(text[start + 1] ?? '') ? start + 2 : start + 1;
  return truncate(`…${text.slice(from)}`, width);
}
