import type { Offer } from '../offers.ts';
import type { View } from './style.ts';
import { escapeText, pad, widthOf } from '@meshwright/wording';

/** A longer command line has what it does above it. */
const longest = 60;

/** Command lines to copy, one below the other, each with what it does; they keep to no width. */
export function renderOffers(
  offers: readonly Offer[],
  indent: string,
  { style }: Pick<View, 'style'>,
): string[] {
  const texts = offers.map(({ line }) => escapeText(line));
  const short = texts.filter((text) => widthOf(text) <= longest);
  const width = Math.max(0, ...short.map(widthOf));
  return offers.flatMap(({ purpose }, index) => {
    const text = texts[index] ?? '';
    const note = style.dim(`# ${escapeText(purpose)}`);
    return widthOf(text) > longest
      ? [`${indent}${note}`, `${indent}${style.cyan(text)}`]
      : [`${indent}${style.cyan(pad(text, width))}  ${note}`];
  });
}
