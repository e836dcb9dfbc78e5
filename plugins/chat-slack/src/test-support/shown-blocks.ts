import type { ShownMessage } from '@meshwright/plugin-testkit';

type Seen = Pick<ShownMessage, 'text' | 'mentions' | 'links' | 'buttons'>;

interface Node {
  [key: string]: unknown;
  type?: string;
}

/** What people see of a message of these blocks, and of the text that notifications show. */
export function seenBlocks(text: string, blocks: readonly Node[]): Seen {
  const seen: Seen = { text: '', mentions: [], links: [], buttons: [] };
  // A notification obeys Slack's markup.
  readMarkup(text, { ...seen, text: '' });
  for (const block of blocks) read(block, seen);
  return seen;
}

function read(node: Node, seen: Seen): void {
  switch (node.type) {
    case 'plain_text':
      seen.text += `${String(node.text)}\n`;
      return;
    case 'mrkdwn':
      readMarkup(String(node.text), seen);
      return;
    case 'text':
      seen.text += String(node.text);
      return;
    case 'link':
      seen.text += String(node.text ?? node.url);
      seen.links.push(String(node.url));
      return;
    case 'date':
      seen.text += String(node.fallback);
      return;
    case 'broadcast':
    case 'user':
    case 'usergroup':
    case 'channel':
    case 'team':
      seen.mentions.push(JSON.stringify(node));
      return;
    case 'button': {
      const { text } = node.text as { text: string };
      seen.buttons.push({ id: String(node.action_id), label: text, confirms: node.confirm !== undefined });
      return;
    }
    default:
      for (const child of childrenOf(node)) read(child, seen);
      seen.text += '\n';
  }
}

function childrenOf(node: Node): Node[] {
  const fields = [node.text, node.label, node.hint, node.elements].flat();
  return fields.filter((one): one is Node => typeof one === 'object' && one !== null);
}

/** docs.slack.dev, «Formatting message text»: everything between < and > is a mention, a date or a link. */
function readMarkup(text: string, seen: Seen): void {
  for (const [, inside = ''] of text.matchAll(/<([^>]*)>/g)) {
    if (/^[@#!]/.test(inside)) seen.mentions.push(inside);
    else seen.links.push(inside);
  }
  seen.text += text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
