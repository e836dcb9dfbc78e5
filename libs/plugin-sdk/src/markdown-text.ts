import { escapeMarkdown } from '@meshwright/model';
import { shown } from './shown.ts';

/** Joins without showing: what a forge looks for is no longer in one piece. */
const joiner = '\u2060';

/**
 * What forges make of plain text once Markdown is done with it: mentions and references of GitHub, GitLab and Gitea
 * (`@name`, `#1`, `!1`, `$1`, `%1`, `&1`, `~label`, `^alert`, `*iteration`, `[issue:1]`, `group/project>`, `GH-1`, `KEY-1`),
 * addresses and emoji. Backslashes do not help there, for the text is looked at after they are gone.
 */
const pieces: readonly [pattern: RegExp, broken: string][] = [
  [/([@#!$%&~^*[])(?=\S)/g, `$1${joiner}`],
  [/(?<=\S)>/g, `${joiner}>`],
  [/:(?=\/|[\w+-]+:)/g, `:${joiner}`],
  [/www(?=\.)/gi, `$&${joiner}`],
  [/[A-Z][A-Z0-9_]+-(?=\d)/g, `$&${joiner}`],
  [/gh-(?=\d)/gi, `$&${joiner}`],
];

/**
 * Foreign text as text of a comment, in Markdown: at most so many characters of it, on one line, without what looks like a
 * secret; nothing in it is markup, mentions somebody, refers to something, or is a link.
 */
export function markdownText(text: string, most = 500): string {
  let broken = shown(text, most);
  for (const [pattern, replacement] of pieces) broken = broken.replace(pattern, replacement);
  // GitLab takes a line that begins with a slash for a command of its own.
  return escapeMarkdown(broken).replace(/^\//, '\\/');
}

/** Foreign text as content of an HTML element in a comment, as code: forges look for nothing in there. */
export function htmlCode(text: string, most = 100): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return `<code>${shown(text, most).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')}</code>`;
}
