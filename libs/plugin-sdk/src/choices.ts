import { type Account, Decision, type DecisionReference, type Notice } from '@meshwright/model';
import type { ChatEvent, ReplyReference } from './chat.ts';
import { shown } from './shown.ts';

/** Something that a person can do with a message. */
export interface Choice {
  /** Letters only: services restrict what an action may be called. */
  id: string;
  decision?: Decision;
  label: string;
  style: 'primary' | 'danger' | 'plain';
  /** Whether a reason has to be given. */
  asks: boolean;
  /** What is asked before it is done, where it is dangerous. */
  confirm?: { title: string; text: string };
}

const choices: Readonly<Record<Decision, Omit<Choice, 'decision'>>> = {
  [Decision.approve]: { id: 'approve', label: 'Approve', style: 'primary', asks: false },
  [Decision.reject]: { id: 'reject', label: 'Reject…', style: 'danger', asks: true },
  [Decision.hold]: { id: 'hold', label: 'Hold', style: 'plain', asks: false },
  [Decision.release]: { id: 'release', label: 'Release', style: 'plain', asks: false },
  [Decision.breakGlass]: { id: 'breakGlass', label: 'Break glass…', style: 'danger', asks: true },
};

const why: Choice = { id: 'why', label: 'Why does it wait?', style: 'plain', asks: false };

/** What can be done with the message of a notice now, in the order of its buttons. */
export function choicesOf({ approval }: Notice): Choice[] {
  if (approval?.open !== true) return [];
  const given = Object.values(Decision).filter((decision) => approval.choices.includes(decision));
  return [
    ...given.map((decision) => ({ ...choices[decision], decision, ...confirmOf(decision, approval) })),
    why,
  ];
}

/** The choice with this id. */
export function choiceOf(id: string): Choice | undefined {
  const decision = Object.values(Decision).find((one) => choices[one].id === id);
  if (decision !== undefined) return { ...choices[decision], decision };
  return id === why.id ? why : undefined;
}

/** Who has used a choice, about what, and where. */
export interface ChoiceUse {
  reference: DecisionReference;
  account: Account;
  /** In words: the channel. */
  from: string;
  reply: ReplyReference;
  /** Where the dialogue for a reason opens. */
  dialogue: ReplyReference;
}

/** What it means that somebody has used a choice. */
export function useOf(
  { decision, asks }: Choice,
  { reference, account, from, reply, dialogue }: ChoiceUse,
): ChatEvent {
  if (decision === undefined) return { kind: 'why', reference, account, reply };
  if (asks) return { kind: 'ask-reason', reference, decision, reply: dialogue };
  return { kind: 'decision', reference, decision, account, from, reply };
}

function confirmOf(
  decision: Decision,
  { confirms }: NonNullable<Notice['approval']>,
): Pick<Choice, 'confirm'> {
  if (decision === Decision.breakGlass) {
    const text = 'The gate opens without its quorum, and in a freeze. Everybody is told, with your reason.';
    return { confirm: { title: 'Break the glass?', text } };
  }
  if (decision !== Decision.approve || confirms.length === 0) return {};
  const reasons = confirms.slice(0, 3).map((reason) => shown(reason, 80));
  return { confirm: { title: 'Approve a dangerous change?', text: reasons.join(' ') } };
}
