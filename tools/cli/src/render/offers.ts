import type { Offer } from '../rollouts/offers.ts';
import type { View } from './style.ts';
import { escapeText, pad, widthOf } from './text.ts';

/** Command lines to copy, one below the other, each with what it does; they keep to no width. */
export function renderOffers(
  offers: readonly Offer[],
  indent: string,
  { style }: Pick<View, 'style'>,
): string[] {
  const texts = offers.map(({ line }) => escapeText(line));
  const short = texts.filter((text) => widthOf(text) <= 60);
  const width = Math.max(0, ...short.map(widthOf));
  return offers.map(({ purpose }, index) => {
    const text = texts[index] ?? '';
    return `${indent}${style.cyan(pad(text, width))}  ${style.dim(`# ${escapeText(purpose)}`)}`;
  });
}
