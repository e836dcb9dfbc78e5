/** Everything that could end a table cell, start a link, an image or a tag, or format text. */
const special = /[\\`*_{}[\]()<>#+!|~&]/g;
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** Text as one line of Markdown that shows it as it is: commits and clusters are not trusted to be plain. */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(special, (character) => `\\${character}`);
}

/** Text as inline code. */
export function code(text: string): string {
  const line = oneLine(text);
  return line.includes('`') ? escapeMarkdown(line) : `\`${line}\``;
}

/** A block of text shown as it is, at most 4,000 characters of it. */
export function codeBlock(text: string): string {
  const longest = 4_000;
  const shown = text.length > longest ? `${text.slice(0, longest)}\n…` : text;
  return ['```', shown.replaceAll('```', "'''"), '```'].join('\n');
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A moment as people read it: `2026-03-01 14:05:09 UTC`. */
export function moment(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/**
 * One line for Temporal's lists, at most 190 bytes of UTF-8: the server refuses summaries above its limit, 400 bytes
 * unless configured otherwise.
 */
export function summary(text: string): string {
  const most = 190;
  let kept = '';
  let bytes = 0;
  for (const character of oneLine(text)) {
    bytes += utf8Length(character);
    if (bytes > most - 3) return `${kept}…`;
    kept += character;
  }
  return kept;
}

function utf8Length(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function oneLine(text: string): string {
  return text.replace(controls, ' ').trim();
}
