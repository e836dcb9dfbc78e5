import { type Markup, markup } from '../markup.ts';

/** A table that scrolls within itself where the screen is narrow, also by keyboard. */
export function scrolling(label: string, table: Markup): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
}
