import { Decision, type DecisionReference } from '@meshwright/model';
import { shown } from '@meshwright/plugin-sdk';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { parsed, Reference } from './button-value.ts';

/** What a dialogue for a reason carries. Whoever clicked is the only one who sees it. */
export interface DialogueState {
  reference: DecisionReference;
  decision: Decision;
  user: string;
  /** The account of the user, with the workspace where it is a foreign one. */
  account: string;
  channel: string;
  from: string;
}

const id = z.string().min(1).max(500);
const State: z.ZodType<DialogueState> = z.strictObject({
  reference: Reference,
  decision: z.enum(Decision),
  user: id,
  account: id,
  channel: id,
  from: id,
});

/** How the dialogue and its field are called in what comes of it. */
export const dialogueId = 'reason';

/** How long a reason may be. */
const mostCharacters = 500;

const words: Readonly<Record<Decision, { title: string; submit: string }>> = {
  [Decision.approve]: { title: 'Approve', submit: 'Approve' },
  [Decision.reject]: { title: 'Reject', submit: 'Reject' },
  [Decision.hold]: { title: 'Hold', submit: 'Hold' },
  [Decision.release]: { title: 'Release', submit: 'Release' },
  [Decision.breakGlass]: { title: 'Break the glass', submit: 'Break the glass' },
};

/** The dialogue that asks for a reason (a view of the kind `modal`). */
export function dialogue(state: DialogueState, title: string): ModalView {
  const { title: heading, submit } = words[state.decision];
  return {
    type: 'modal',
    callback_id: dialogueId,
    private_metadata: JSON.stringify(state),
    title: { type: 'plain_text', text: heading },
    submit: { type: 'plain_text', text: submit },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      { type: 'section', text: { type: 'plain_text', text: shown(title, 300) || 'A rollout', emoji: false } },
      {
        type: 'input',
        block_id: dialogueId,
        label: { type: 'plain_text', text: 'Reason' },
        hint: { type: 'plain_text', text: 'It is kept with the decision, and shown to everybody.' },
        element: {
          type: 'plain_text_input',
          action_id: dialogueId,
          multiline: true,
          min_length: 3,
          max_length: mostCharacters,
        },
      },
    ],
  };
}

/** What a dialogue was about; undefined where it is none of ours. */
export function readDialogueState(metadata: string): DialogueState | undefined {
  return State.safeParse(parsed(metadata)).data;
}
