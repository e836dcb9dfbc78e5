import { type Notice } from '@meshwright/model';
import {
  type Choice,
  choicesOf,
  fitting,
  type Outline,
  type Passage,
  type Span,
  toneMark,
} from '@meshwright/plugin-sdk';
import type { Button, KnownBlock, RichTextBlock, RichTextElement, RichTextSection } from '@slack/web-api';
import { buttonValue, type Shown } from './button-value.ts';

/** Slack takes 50 blocks, and about 13,000 characters in all of them (`msg_blocks_too_long`). */
const most = { blocks: 50, characters: 12_000 };

/** A message as the Web API takes it. */
export interface Message {
  /** What notifications show, where blocks are not. */
  text: string;
  blocks: KnownBlock[];
}

/**
 * A notice as a message. Foreign text stands in elements that Slack shows as they are (rich text, plain text), never in its
 * markup.
 */
export function messageOf(notice: Notice, shown: Omit<Shown, 'reference'>): Message {
  const actions = actionsOf(notice, shown);
  const blocks = fitting(
    notice,
    (outline) => [...blocksOf(outline), ...actions],
    (all) => all.length <= most.blocks && charactersOf(all) <= most.characters,
  );
  return { text: escaped(`${notice.title}: ${notice.summary}`), blocks };
}

/** Lines as one message of a thread. */
export function linesMessage(lines: readonly string[]): Message {
  const sections = lines.map((line) => section([{ kind: 'text', text: line }]));
  return { text: escaped(lines.join('\n')), blocks: [{ type: 'rich_text', elements: sections }] };
}

/** Text for Slack's markup that is no markup (docs.slack.dev, «Formatting message text»). */
export function escaped(text: string): string {
  const most = 1_000;
  const short = text.length > most ? `${text.slice(0, most)}…`.toWellFormed() : text;
  return short.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function blocksOf({ title, tone, summary, about, targets, failure, approval }: Outline): KnownBlock[] {
  const lead: RichTextBlock = {
    type: 'rich_text',
    elements: [
      section([
        { kind: 'text', text: `${toneMark[tone]} ` },
        { kind: 'text', text: summary, style: 'strong' },
      ]),
      section(about),
    ],
  };
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    lead,
  ];
  if (failure.length > 0) blocks.push(richText(failure));
  for (const target of targets) blocks.push({ type: 'divider' }, richText(target));
  if (approval.length > 0) blocks.push({ type: 'divider' }, richText(approval));
  return blocks;
}

function richText(passages: readonly Passage[]): RichTextBlock {
  const elements = passages.map((passage): RichTextBlock['elements'][number] => {
    switch (passage.kind) {
      case 'line':
        return section(passage.spans);
      case 'list':
        return { type: 'rich_text_list', style: 'bullet', elements: passage.items.map(section) };
      case 'code':
        return {
          type: 'rich_text_preformatted',
          elements: [{ type: 'text', text: passage.lines.join('\n') }],
        };
    }
  });
  return { type: 'rich_text', elements };
}

/** Slack takes no text without a character. */
function section(spans: readonly Span[]): RichTextSection {
  const elements = spans.filter((span) => span.kind === 'time' || span.text !== '').map(element);
  const nothing: RichTextElement = { type: 'text', text: '–' };
  return { type: 'rich_text_section', elements: elements.length === 0 ? [nothing] : elements };
}

function element(span: Span): RichTextElement {
  switch (span.kind) {
    case 'text':
      return { type: 'text', text: span.text, ...styleOf(span.style) };
    case 'link':
      return { type: 'link', url: span.url, text: span.text };
    case 'time': {
      const seconds = Math.floor(span.at / 1_000);
      const fallback = new Date(span.at).toISOString().slice(0, 16).replace('T', ' ');
      return {
        type: 'date',
        timestamp: seconds,
        format: '{date_short_pretty} {time}',
        fallback: `${fallback} UTC`,
      };
    }
  }
}

function styleOf(style: 'strong' | 'code' | undefined): { style?: { bold?: true; code?: true } } {
  if (style === undefined) return {};
  return { style: style === 'strong' ? { bold: true } : { code: true } };
}

function actionsOf(notice: Notice, shown: Omit<Shown, 'reference'>): KnownBlock[] {
  const { approval, rollout, run } = notice;
  const choices = choicesOf(notice);
  if (approval === undefined || choices.length === 0) return [];
  const { gate, subject } = approval;
  const value = buttonValue({ ...shown, reference: { rollout, run, gate, subject } });
  if (value === undefined) return [];
  return [{ type: 'actions', elements: choices.map((choice) => button(choice, value)) }];
}

function button({ id, label, style, confirm }: Choice, value: string): Button {
  const text = { type: 'plain_text', text: label, emoji: false } as const;
  const plain: Button = { type: 'button', action_id: id, text, value };
  if (style !== 'plain') plain.style = style;
  if (confirm === undefined) return plain;
  return {
    ...plain,
    confirm: {
      title: { type: 'plain_text', text: confirm.title },
      text: { type: 'plain_text', text: confirm.text, emoji: false },
      confirm: { type: 'plain_text', text: label },
      deny: { type: 'plain_text', text: 'Cancel' },
      style: 'danger',
    },
  };
}

function charactersOf(blocks: readonly KnownBlock[]): number {
  return JSON.stringify(blocks).length;
}
