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
