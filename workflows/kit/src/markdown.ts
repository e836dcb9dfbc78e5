import { codeSpan, escapeMarkdown, fencedBlock, oneLine, type Failure } from '@meshwright/model';

/** A block of text shown as it is, at most 4,000 characters of it. */
export function codeBlock(text: string): string {
  const longest = 4_000;
  const shown = text.length > longest ? `${text.slice(0, longest)}\n…` : text;
  return fencedBlock('', shown.split('\n')).join('\n');
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A link to a workflow in the Temporal UI that shows this text. */
export function workflowLink(namespace: string, id: string): string {
  return `[${escapeMarkdown(id)}](/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(id)})`;
}

const stops = ['CANCELLED', 'NOT_STARTED', 'SUPERSEDED'];

/** What went wrong, where, and what to do about it. */
export function failureSection(failure: Failure): string {
  const { code: word, message, stage, where, remedy, lines = [] } = failure;
  const place = [
    stage === undefined ? '' : `at stage ${codeSpan(stage)}`,
    where === undefined ? '' : `on ${codeSpan(where)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
  return [
    `**${stops.includes(word) ? 'Stopped' : 'Failed'}** ${place === '' ? '' : `${place} `}with ${codeSpan(word)}: ${escapeMarkdown(message)}`,
    ...(lines.length === 0 ? [] : [codeBlock(lines.join('\n'))]),
    ...(remedy === undefined ? [] : [`**Remedy:** ${escapeMarkdown(remedy)}`]),
  ].join('\n\n');
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
