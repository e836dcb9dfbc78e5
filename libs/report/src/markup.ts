import { plain } from './plain.ts';

/** Text that is markup already. All other text is escaped where it is put into markup. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What can be put into markup: text, coordinates, and markup. */
export type Part = string | number | Markup | readonly (string | Markup)[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML or SVG from a template: text between its pieces is escaped, also within attributes in quotes. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const filled = parts.map((part, place) => sourceOf(part) + (pieces[place + 1] ?? ''));
  return new Markup((pieces[0] ?? '') + filled.join(''));
}

/** Several pieces of markup, one after the other. */
export function together(parts: readonly Markup[]): Markup {
  return new Markup(parts.map(({ source }) => source).join(''));
}

/** No markup. */
export const none = new Markup('');

function sourceOf(part: Part): string {
  if (typeof part === 'number') return coordinate(part);
  if (typeof part === 'string')
    return plain(part).replace(/[&<>"']/g, (character) => entities[character] ?? '');
  return part instanceof Markup ? part.source : part.map(sourceOf).join('');
}

/** A tenth of a pixel is as fine as anyone sees. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
