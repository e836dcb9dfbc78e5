import { Decision, type DecisionReference } from '@meshwright/model';
import { dialogueTitles, jsonOf, reasonLength, reasonWords, shown } from '@meshwright/plugin-sdk';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { Reference } from './button-value.ts';

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

/** The dialogue that asks for a reason (a view of the kind `modal`). */
export function dialogue(state: DialogueState, title: string): ModalView {
  const heading = dialogueTitles[state.decision];
  return {
    type: 'modal',
    callback_id: dialogueId,
    private_metadata: JSON.stringify(state),
    title: { type: 'plain_text', text: heading },
    submit: { type: 'plain_text', text: heading },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      { type: 'section', text: { type: 'plain_text', text: shown(title, 300) || 'A rollout', emoji: false } },
      {
        type: 'input',
        block_id: dialogueId,
        label: { type: 'plain_text', text: reasonWords.label },
        hint: { type: 'plain_text', text: reasonWords.hint },
        element: {
          type: 'plain_text_input',
          action_id: dialogueId,
          multiline: true,
          min_length: reasonLength.least,
          max_length: reasonLength.most,
        },
      },
    ],
  };
}

/** What a dialogue was about; undefined where it is none of ours. */
export function readDialogueState(metadata: string): DialogueState | undefined {
  return State.safeParse(jsonOf(metadata)).data;
}
