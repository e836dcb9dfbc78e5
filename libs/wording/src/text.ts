import stringWidth from 'string-width';

/**
 * Characters that move the cursor, hide text or turn its direction: control characters, invisible format
 * characters (but the joiner inside emoji), line and paragraph separators, lone surrogates.
 */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text from a pattern, a commit or a cluster as one line that a terminal shows and never obeys. */
export function escapeText(text: string): string {
  return text.replace(
    unsafe,
    (character) => named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The columns that text takes on a terminal; style codes take none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Plain text cut to a number of columns, with `…` where something is missing. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + widthOf(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}…`;
}

/** Text followed by spaces up to a number of columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Plain text in lines of at most `width` columns, broken at spaces; a word that is too long stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Items of a list in lines of at most `width` columns, never broken within an item; one that is too long stays whole. */
export function wrapItems(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [index, item] of items.entries()) {
    const text = index < items.length - 1 ? `${item},` : item;
    const longer = line === '' ? text : `${line} ${text}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = text;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Like `wrap`, but a line that fits keeps its spaces: the place under a caret is right. */
export function wrapLine(text: string, width: number): string[] {
  return widthOf(text) <= width ? [text] : wrap(text, width);
}

/** Texts of possibly several lines each, as single lines that are safe to print. */
export function escapeLines(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(/\r?\n/)).map(escapeText);
}
