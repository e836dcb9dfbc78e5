/**
 * What Slack refuses of blocks, as far as its documentation says it (docs.slack.dev, «Block Kit»: blocks, block elements and
 * composition objects, each with its limits), and the code that it refuses it with.
 */

interface Anything {
  [key: string]: unknown;
  type?: string;
}

/** What is wrong with the blocks of a message or a view; undefined where nothing is. */
export function wrongBlocks(blocks: readonly Anything[]): string | undefined {
  if (blocks.length > 50) return 'too many blocks';
  // Undocumented; people who met it tell of 13,200 characters.
  if (JSON.stringify(blocks).length > 13_200) return 'msg_blocks_too_long';
  for (const block of blocks) {
    const wrong = wrongBlock(block);
    if (wrong !== undefined) return `${block.type ?? 'a block'}: ${wrong}`;
  }
  return undefined;
}

function wrongBlock(block: Anything): string | undefined {
  switch (block.type) {
    case 'divider':
      return undefined;
    case 'header':
      return wrongText(block.text, 150, 'plain_text');
    case 'section':
      return wrongText(block.text, 3_000);
    case 'rich_text':
      return wrongRichText(block.elements);
    case 'actions':
      return wrongActions(block.elements as Anything[]);
    case 'input':
      return wrongText(block.label, 2_000, 'plain_text') ?? wrongText(block.hint, 2_000, 'plain_text');
    default:
      return 'unknown type';
  }
}

function wrongActions(elements: readonly Anything[]): string | undefined {
  if (elements.length === 0 || elements.length > 25) return `${elements.length} elements`;
  const ids = new Set(elements.map(({ action_id: id }) => id));
  if (ids.size !== elements.length) return 'an action_id twice';
  for (const { action_id: id, text, value, style, confirm } of elements) {
    if (typeof id !== 'string' || id.length === 0 || id.length > 255) return 'action_id';
    if (typeof value !== 'string' || value.length > 2_000) return 'value';
    if (style !== undefined && style !== 'primary' && style !== 'danger') return 'style';
    const wrong = wrongText(text, 75, 'plain_text') ?? wrongConfirm(confirm as Anything | undefined);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongConfirm(confirm: Anything | undefined): string | undefined {
  if (confirm === undefined) return undefined;
  const { title, text, confirm: yes, deny: no } = confirm;
  return (
    wrongText(title, 100, 'plain_text') ??
    wrongText(text, 300) ??
    wrongText(yes, 30, 'plain_text') ??
    wrongText(no, 30, 'plain_text')
  );
}

function wrongText(given: unknown, most: number, type?: string): string | undefined {
  const { text, type: given_type } = given as { text: string; type: string };
  if (type !== undefined && given_type !== type) return `text of type ${given_type}`;
  if (text.length === 0 || text.length > most) return `text of ${text.length} characters`;
  return undefined;
}

const leaves: Readonly<Record<string, (leaf: Anything) => boolean>> = {
  text: ({ text }) => typeof text === 'string' && text.length > 0,
  link: ({ url }) => typeof url === 'string' && url.length > 0 && url.length <= 3_000,
  date: ({ timestamp, format }) => Number.isInteger(timestamp) && typeof format === 'string',
};

function wrongRichText(elements: unknown): string | undefined {
  const all = elements as (Anything & { elements: Anything[] })[];
  if (all.length === 0) return 'no elements';
  for (const { type = '', elements: inner } of all) {
    if (type === 'rich_text_list') {
      if (inner.some((item) => item.type !== 'rich_text_section')) return 'a list of something else';
      const wrong = wrongRichText(inner);
      if (wrong !== undefined) return wrong;
    } else if (type === 'rich_text_section' || type === 'rich_text_preformatted') {
      if (inner.length === 0) return `${type} without elements`;
      for (const leaf of inner) {
        if (leaves[leaf.type ?? '']?.(leaf) !== true)
          return `a wrong element ${JSON.stringify(leaf).slice(0, 200)}`;
      }
    } else {
      return `unknown element ${type}`;
    }
  }
  return undefined;
}
