import { writeFileSync } from 'node:fs';
import { type Notice } from '@meshwright/model';
import { sampleNotices } from '@meshwright/plugin-testkit';
import { messageOf } from '../blocks.ts';

/**
 * Draws messages about as Slack does, to look at them without Slack:
 * `node plugins/chat-slack/src/test-support/preview.ts preview.html waiting kept`.
 */

interface Node {
  [key: string]: unknown;
  type?: string;
}

function html(node: Node): string {
  const inner = (field: unknown): string => ([field].flat() as Node[]).map(html).join('');
  switch (node.type) {
    case 'header':
      return `<h3>${inner(node.text)}</h3>`;
    case 'divider':
      return '<hr>';
    case 'rich_text':
      return `<div class="block">${inner(node.elements)}</div>`;
    case 'rich_text_section':
      return `<div>${inner(node.elements)}</div>`;
    case 'rich_text_list':
      return `<ul>${(node.elements as Node[]).map((item) => `<li>${html(item)}</li>`).join('')}</ul>`;
    case 'rich_text_preformatted':
      return `<pre>${inner(node.elements)}</pre>`;
    case 'actions':
      return `<div class="actions">${inner(node.elements)}</div>`;
    case 'button':
      return `<button class="${typeof node.style === 'string' ? node.style : ''}">${inner(node.text)}</button>`;
    case 'link':
      return `<a href="${escaped(String(node.url))}">${escaped(String(node.text))}</a>`;
    case 'date':
      return escaped(String(node.fallback));
    case 'plain_text':
      return escaped(String(node.text));
    default:
      return styled(escaped(String(node.text)), node.style as { bold?: boolean; code?: boolean } | undefined);
  }
}

function styled(text: string, style: { bold?: boolean; code?: boolean } = {}): string {
  if (style.bold === true) return `<b>${text}</b>`;
  return style.code === true ? `<code>${text}</code>` : text;
}

/** Slack draws emoji with pictures of its own; machines that draw previews may have none. */
const dots: Readonly<Record<string, string>> = {
  '🟠': '#e8912d',
  '🔵': '#4f9bd9',
  '🟢': '#2eb67d',
  '🔴': '#e01e5a',
  '⚪': '#d0d3d6',
};

function escaped(text: string): string {
  let safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  for (const [emoji, colour] of Object.entries(dots)) {
    safe = safe.replaceAll(emoji, `<i class="dot" style="background:${colour}"></i>`);
  }
  return safe;
}

const style = `
body { margin: 0; padding: 20px; width: 700px; background: #fff; color: #1d1c1d; font: 15px/1.46668 Lato, "DejaVu Sans", "Noto Color Emoji", sans-serif; }
.message { display: grid; grid-template-columns: 36px 1fr; gap: 10px; margin-bottom: 28px; }
.face { width: 36px; height: 36px; border-radius: 6px; background: #17324d; color: #fff; text-align: center; font: bold 18px/36px sans-serif; }
.who b { font-weight: 900; } .who span { background: #ebeaeb; border-radius: 2px; font-size: 10px; padding: 1px 3px; color: #616061; font-weight: bold; }
.who small { color: #616061; }
h3 { font-size: 18px; margin: 6px 0 4px; } hr { border: 0; border-top: 1px solid #dddddd; margin: 10px 0; }
.block { margin: 6px 0; } ul { margin: 2px 0; padding-left: 28px; }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; margin: 4px 0; font: 12px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
code { background: #f8f8f8; border: 1px solid #ddd; border-radius: 3px; padding: 2px 3px 1px; color: #c01343; font: 12px "DejaVu Sans Mono", monospace; }
.dot { display: inline-block; width: 14px; height: 14px; border-radius: 50%; vertical-align: -2px; }
a { color: #1264a3; text-decoration: none; }
.actions { margin: 10px 0 0; display: flex; gap: 8px; }
button { border: 1px solid #bbb; border-radius: 4px; background: #fff; color: #1d1c1d; font: bold 13px Lato, "DejaVu Sans", sans-serif; padding: 6px 12px; }
button.primary { background: #007a5a; border-color: #007a5a; color: #fff; } button.danger { background: #e01e5a; border-color: #e01e5a; color: #fff; }
`;

const [file = 'preview.html', ...names] = process.argv.slice(2);
const notices: [string, Notice][] = Object.entries(sampleNotices);
const shown = notices.filter(([name]) => names.length === 0 || names.includes(name));
const messages = shown.map(([, notice]) => {
  const { blocks } = messageOf(notice, { team: 'T0ACME', channel: 'C0CHANGES' });
  const who = '<div class="who"><b>Meshwright</b> <span>APP</span> <small>10:30</small></div>';
  const content = (blocks as Node[]).map(html).join('');
  return `<div class="message"><div class="face">M</div><div>${who}${content}</div></div>`;
});
writeFileSync(file, `<!doctype html><meta charset="utf-8"><style>${style}</style>${messages.join('')}`);
