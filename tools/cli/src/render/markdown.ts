import { escapeText } from '@meshwright/wording';

/**
 * Foreign text as a Markdown code span: nothing in it is markup, a link or a mention
 * (CommonMark 0.31, section 6.1: the fence is longer than any run of backticks inside).
 */
export function codeSpan(text: string): string {
  const safe = escapeText(text);
  const fence = '`'.repeat(longestRun(safe) + 1);
  const space = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${fence}${space}${safe}${space}${fence}`;
}

/** A code span inside a table, where a bar would end the cell (GitHub Flavored Markdown, section 4.10). */
export function tableCode(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|');
}

/** Lines as a fenced block; their control characters must be escaped already. */
export function fencedBlock(language: string, lines: readonly string[]): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}${language}`, ...lines, fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
