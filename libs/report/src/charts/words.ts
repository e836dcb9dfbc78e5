import { type Markup, markup, together } from '../markup.ts';
import type { Picture } from './picture.ts';

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\p{Extended_Pictographic}]/u;
const broad = /[A-Z\dmw%@#&+=<>]/;

/** About how wide text is, rather more than less: what measures it exactly is the reader's own program. */
export function widthOf(text: string, size = 13): number {
  let ems = 0;
  for (const character of text) ems += wide.test(character) ? 1.05 : broad.test(character) ? 0.68 : 0.57;
  return ems * size;
}

/** Text in lines that are no wider; a word that is too long stays whole. */
export function linesOf(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && widthOf(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Sentences as a picture: the first one large. */
export function wordsPicture(title: string, sentences: readonly string[], width: number): Picture {
  const large = linesOf(title, width, 18).map((line) => ({ line, kind: 'title', height: 25 }));
  const small = sentences
    .flatMap((sentence) => linesOf(sentence, width, 13))
    .map((line) => ({ line, kind: 'quiet', height: 18 }));
  const parts: Markup[] = [];
  let bottom = 0;
  for (const { line, kind, height } of [...large, ...small]) {
    bottom += height;
    parts.push(markup`<text class="${kind}" x="0" y="${bottom - 6}">${line}</text>`);
  }
  return { width, height: bottom, label: title, content: together(parts) };
}
