import type { Notice } from '@meshwright/model';
import {
  type Choice,
  choicesOf,
  fitting,
  markdownText,
  type Outline,
  passageMarkdown,
  shown,
  type Tone,
  toneMark,
} from '@meshwright/plugin-sdk';
import { signContext } from './action.ts';

/** Half of what a server takes in one message (`PostMessageMaxRunesV2`, since 5.0): more of it is not read. */
const mostCharacters = 8_000;

/** What buttons need beside the notice. */
export interface Buttons {
  /** Where the server tells of their use. */
  url: string;
  channel: string;
  secret: string;
  /** See `ActionContext`. */
  serverKey: string;
}

/** What a post is made of, beside its channel. */
export interface PostContent {
  message: string;
  props: Record<string, unknown>;
}

const colours: Readonly<Record<Tone, string>> = {
  waiting: '#e08a00',
  running: '#2f6fde',
  good: '#00865a',
  bad: '#c4320a',
  ended: '#7a7f87',
};

/** How posts of ours are known again: a run may have one for each of several patterns. */
export function markOf({ rollout, run, pattern }: Notice): string {
  return JSON.stringify([rollout, run, shown(pattern, 200)]);
}

/** A notice as a post: what it is about as its message, and its gate with the buttons as an attachment. */
export function postOf(notice: Notice, buttons: Buttons | undefined): PostContent {
  return fitting(
    notice,
    (outline) => ({
      message: messageText(outline),
      props: { meshwright: markOf(notice), attachments: attachmentsOf(notice, outline, buttons) },
    }),
    ({ message, props }) => message.length <= mostCharacters && JSON.stringify(props).length <= 60_000,
  );
}

function messageText({ title, tone, summary, about, targets, failure }: Outline): string {
  return [
    `#### ${toneMark[tone]} ${markdownText(title, 140)}`,
    `**${markdownText(summary, 400) || '–'}**`,
    passageMarkdown({ kind: 'line', spans: about }),
    ...failure.map(passageMarkdown),
    ...targets.flatMap((passages) => ['---', ...passages.map(passageMarkdown)]),
  ].join('\n\n');
}

function attachmentsOf(notice: Notice, { approval, tone }: Outline, buttons: Buttons | undefined): object[] {
  if (approval.length === 0) return [];
  const choices = choicesOf(notice);
  const canDecide = choices.length > 0 && buttons !== undefined;
  const lines = approval.map(passageMarkdown);
  if (choices.length > 0 && !canDecide)
    lines.push('To decide, use `meshwright approve` and `meshwright reject`.');
  const actions = canDecide ? choices.map((choice) => actionOf(notice, choice, buttons)) : [];
  return [
    { fallback: markdownText(notice.summary, 200), color: colours[tone], text: lines.join('\n\n'), actions },
  ];
}

function actionOf({ rollout, run, approval }: Notice, choice: Choice, buttons: Buttons): object {
  const { url, channel, secret, serverKey } = buttons;
  const { gate = '', subject = '', expiresAt = 0 } = approval ?? {};
  const context = signContext(
    {
      rollout,
      run,
      gate,
      subject,
      choice: choice.id,
      confirm: choice.confirm === undefined ? '' : 'yes',
      channel,
      expires: String(expiresAt),
      serverKey,
    },
    secret,
  );
  const style = { primary: 'good', danger: 'danger', plain: 'default' }[choice.style];
  // A dialogue asks before what is dangerous: the service has no other question for a button.
  const name = choice.confirm !== undefined && !choice.asks ? `${choice.label}…` : choice.label;
  return { id: choice.id, type: 'button', name, style, integration: { url, context } };
}
