import { Lexer, type Token, type Tokens, walkTokens } from 'marked';

/** What people see of Markdown. */
export interface SeenMarkdown {
  /** All that is to be read, code too. */
  text: string;
  /** What is not code: where services look for mentions and addresses. */
  loose: string[];
  links: string[];
  html: string[];
}

/** What stands between pieces that services look for, and shows nothing. */
const joiner = /\u2060/g;

/** Reads Markdown as its parsers do (CommonMark with GitHub's tables and plain addresses). */
export function seenMarkdown(markdown: string): SeenMarkdown {
  const seen: SeenMarkdown = { text: '', loose: [], links: [], html: [] };
  void walkTokens(new Lexer({ gfm: true }).lex(markdown), (token: Token) => {
    const { type, raw } = token;
    if (type === 'link' || type === 'image') seen.links.push((token as Tokens.Link).href);
    if (type === 'html') seen.html.push(raw.trim());
    if (type === 'code' || type === 'codespan') seen.text += `${(token as Tokens.Code).text}\n`;
    if (type === 'space' || type === 'paragraph' || type === 'list_item') seen.text += '\n';
    const { text, tokens } = token as Tokens.Text;
    if (type === 'escape' || (type === 'text' && tokens === undefined)) {
      const words = decoded(text);
      seen.text += words.replaceAll(joiner, '');
      seen.loose.push(words);
    }
  });
  return seen;
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
};

function decoded(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp|quot|#39);/g, (entity) => entities[entity] ?? entity);
}
