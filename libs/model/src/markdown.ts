/** Everything that could end a table cell, start a link, an image, a tag or an entity, or format text. */
const special = /[\\`*_[\]<>|~&]/g;
/** What makes a heading or a list of a line that it begins. */
const opening = /^(?:[#+=-]|\d+[.)])/;
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** Text as one line of Markdown that shows it as it is: commits and clusters are not trusted to be plain. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(special, (character) => `\\${character}`)
    .replace(opening, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}

/**
 * Text as a code span: nothing in it is markup, a link or a mention (CommonMark 0.31, section 6.1: the fence is longer than
 * any run of backticks inside).
 */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** A code span inside a table, where a bar would end the cell (GitHub Flavored Markdown, section 4.10). */
export function tableCode(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|');
}

/** Lines as a block that none of them can end (CommonMark 0.31, section 4.5). */
export function fencedBlock(language: string, lines: readonly string[]): string[] {
  const body = lines.map((line) => line.replaceAll(/[\r\n]/g, ' '));
  const fence = '`'.repeat(Math.max(3, longestRun(body.join('\n')) + 1));
  return [`${fence}${language}`, ...body, fence];
}

/** Text without what moves a cursor or turns its direction. */
export function oneLine(text: string): string {
  return text.replace(controls, ' ').trim();
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}
