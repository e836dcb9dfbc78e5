import type { Notice } from '@meshwright/model';
import { webAddress } from '@meshwright/plugin-sdk';
import { Lexer, type Token, type Tokens, walkTokens } from 'marked';

/** What a comment is to a reader, and to a forge that looks at what Markdown has made of it. */
export interface Rendered {
  links: string[];
  images: string[];
  html: string[];
  /** Text outside of code: where forges look for mentions and references. */
  text: string[];
  fences: string[];
  /** Cells of all rows of tables. */
  cells: number;
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
};

/** Reads a comment with a parser of GitHub Flavored Markdown. */
export function rendered(markdown: string): Rendered {
  const found: Rendered = { links: [], images: [], html: [], text: [], fences: [], cells: 0 };
  void walkTokens(new Lexer({ gfm: true }).lex(markdown), (token: Token) => {
    if (token.type === 'link') found.links.push((token as Tokens.Link).href);
    if (token.type === 'image') found.images.push((token as Tokens.Image).href);
    if (token.type === 'html') found.html.push(token.raw.trim());
    if (token.type === 'code') found.fences.push((token as Tokens.Code).text);
    if (token.type === 'table') found.cells += (token as Tokens.Table).rows.flat().length;
    const { text, tokens } = token as Tokens.Text;
    if (token.type === 'escape' || (token.type === 'text' && tokens === undefined))
      found.text.push(decoded(text));
  });
  return found;
}

function decoded(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp|quot|#39);/g, (entity) => entities[entity] ?? entity);
}

/**
 * What forges find in text: mentions and references (html-pipeline's mention filter; GitLab's reference filters; Gitea's
 * `references` package), and what they make links of.
 */
export const forgeReferences: Readonly<Record<string, RegExp>> = {
  mention: /@\w/,
  number: /[#!$%&^][\w"]/,
  label: /~[\w"]/,
  iteration: /\*iteration/,
  object: /\[[a-z_]+:/,
  project: /[\w/-]>/,
  key: /\b(?:GH|[A-Z][A-Z0-9]+)-\d/,
  address: /[a-z][a-z0-9+.-]*:\/\/\S|\bwww\.\S/i,
  emoji: /:[\w+-]+:/,
};

const ownHtml =
  /^(?:<details>\n<summary>[\w ]+(?:<code>[^<>]*<\/code>)?<\/summary>|<\/details>|<!-- meshwright:[^<>]*-->)$/;

/** What is wrong with a comment that shows a notice, one line each; empty where all is well. */
export function commentFaults(
  comment: string,
  notice: Notice,
  { limit, commandPrefix }: { limit: number; commandPrefix: string },
): string[] {
  const { links, images, html, text, fences } = rendered(comment);
  const allowed = [notice.commit.url, ...notice.links.map(({ url }) => url)].map((url) =>
    webAddress(url ?? ''),
  );
  const faults: string[] = [];
  if (comment.length > limit) faults.push(`it has ${comment.length} characters`);
  for (const link of links) if (!allowed.includes(link)) faults.push(`a link leads to ${link}`);
  for (const image of images) faults.push(`it loads the image ${image}`);
  for (const tag of html.flatMap((block) => block.split('\n\n'))) {
    if (!ownHtml.test(tag)) faults.push(`it has the HTML ${tag.slice(0, 200)}`);
  }
  for (const part of text) {
    for (const [name, pattern] of Object.entries(forgeReferences)) {
      const match = pattern.exec(part)?.[0];
      if (match !== undefined) faults.push(`it has the ${name} ${match} in ${part.slice(0, 100)}`);
    }
  }
  const blocks = notice.targets.length * 2;
  if (fences.length > blocks) faults.push(`it has ${fences.length} blocks for ${blocks} targets`);
  for (const line of comment.split('\n')) {
    if (line.startsWith('/'))
      faults.push(`the line ${line.slice(0, 100)} begins as a command of ${commandPrefix}`);
  }
  if (/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b]/u.test(comment.replaceAll('\n', ''))) {
    faults.push('it has characters that act');
  }
  return faults;
}
