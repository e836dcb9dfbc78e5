/** A tag as a browser reads it, with its attributes unescaped. */
export interface Tag {
  name: string;
  attributes: Record<string, string>;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const tagPattern =
  /<(?<close>\/?)(?<name>[a-z][a-z\d]*)(?<rest>(?:\s+[a-zA-Z][\w:-]*="[^"<>]*")*)\s*(?<self>\/?)>/y;
const empty = new Set(['meta']);

/**
 * Reads markup as strictly as XML: every tag is closed in its order, every attribute quoted, and no other character of markup
 * stands free. Gives the tags and the text without styles.
 */
export function readMarkup(source: string): { tags: Tag[]; text: string } {
  const tags: Tag[] = [];
  const open: string[] = [];
  let text = '';
  let at = source.startsWith('<!doctype html>') ? '<!doctype html>'.length : 0;
  while (at < source.length) {
    if (source[at] !== '<') {
      const end = source.indexOf('<', at);
      if (open.at(-1) !== 'style') text += unescaped(source.slice(at, end === -1 ? source.length : end));
      at = end === -1 ? source.length : end;
      continue;
    }
    tagPattern.lastIndex = at;
    const groups = tagPattern.exec(source)?.groups;
    if (groups === undefined) throw new Error(`There is no tag at ${source.slice(at, at + 60)}`);
    at = tagPattern.lastIndex;
    const { close, name = '', rest = '', self } = groups;
    if (close === '/') {
      const opened = open.pop();
      if (opened !== name) throw new Error(`</${name}> closes <${String(opened)}>.`);
      continue;
    }
    const pairs = [...rest.matchAll(/([a-zA-Z][\w:-]*)="([^"]*)"/g)];
    const attributes = pairs.map(([, key = '', value = '']) => [key, unescaped(value)] as const);
    if (new Set(attributes.map(([key]) => key)).size !== attributes.length)
      throw new Error(`Twice in <${name}>.`);
    tags.push({ name, attributes: Object.fromEntries(attributes) });
    if (self !== '/' && !empty.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`Not closed: ${open.join(', ')}`);
  return { tags, text };
}

function unescaped(text: string): string {
  return text.replace(/&([^;\s]*;?)/g, (whole, entity: string) => {
    const character = entities[entity.replace(/;$/, '')];
    if (character === undefined) throw new Error(`There is a free ampersand in ${whole}`);
    return character;
  });
}
