/**
 * What a page or a chat may obey or cannot hold: control characters, invisible format characters but the joiner of emoji,
 * separators of lines, lone surrogates and what is no character (XML 1.0, section 2.2).
 */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]|(?!\u200d)\p{Cf}/gu;

/** Foreign text on one line that only shows. */
export function plain(text: string): string {
  return text.replace(unsafe, '\ufffd');
}

/** The same with at most so many characters, and `…` where something is missing. */
export function clipped(text: string, most: number): string {
  // Ten times as many units are enough for any character; the rest is not even looked at.
  const characters = Array.from(text.slice(0, most * 10));
  return plain(characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join(''));
}

const credentials = /^([a-z][a-z\d+.-]*:[/\\]+)?[^/\\?#]*@/i;

/** An address without what may be a secret: the user and the values of a query. */
export function publicAddress(address: string): string {
  return clipped(address.replace(credentials, '$1').replace(/[?#].*$/s, '?…'), 200);
}

/** `p50`, `p50 and p90`, `p50, p90 and 3 more`. */
export function listed(items: readonly string[], most = 4): string {
  const shown = items.slice(0, most);
  const left = items.length - shown.length;
  const all = left > 0 ? [...shown, `${left} more`] : shown;
  const last = all.at(-1) ?? '';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`;
}

/** Makes foreign text safe for where it is put. */
export type Quote = (text: string) => string;

/** Foreign text as it is: for who escapes the whole sentence. */
export const asIs: Quote = (text) => text;
