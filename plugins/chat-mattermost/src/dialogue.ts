import { Decision, type DecisionReference } from '@meshwright/model';
import {
  dialogueTitles,
  hmacSha256,
  isSame,
  markdownText,
  reasonLength,
  reasonWords,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';

/** What a dialogue for a reason carries. The client of the person who gets it sees it, and cannot change it. */
export interface DialogueState {
  reference: DecisionReference;
  decision: Decision;
  /** Who has used the button, as the server has signed it. */
  user: string;
  channel: string;
  from: string;
  /** Milliseconds since 1970. */
  issued: number;
}

const text = z.string().min(1).max(1_000);
const State: z.ZodType<DialogueState> = z.strictObject({
  reference: z.strictObject({ rollout: text, run: text, gate: text, subject: text }),
  decision: z.enum(Decision),
  user: text,
  channel: text,
  from: text,
  issued: z.number(),
});

/** The name of the field, and of the dialogue. */
export const dialogueId = 'reason';

/** How long somebody may think about a reason, in milliseconds. */
const mostMilliseconds = 1_800_000;

/** The dialogue as the server opens it. */
export function dialogue(state: DialogueState, title: string, secret: string): object {
  const heading = dialogueTitles[state.decision];
  return {
    callback_id: dialogueId,
    title: heading,
    introduction_text: markdownText(title, 300),
    submit_label: heading,
    notify_on_cancel: false,
    state: signState(state, secret),
    elements: [
      {
        display_name: reasonWords.label,
        name: dialogueId,
        type: 'textarea',
        min_length: reasonLength.least,
        max_length: reasonLength.most,
        help_text: reasonWords.hint,
      },
    ],
  };
}

function signState(state: DialogueState, secret: string): string {
  const content = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `${content}.${Buffer.from(macOf(content, secret)).toString('base64url')}`;
}

/** The state that we have signed with this secret, and not too long ago. */
export function readState(given: string, secret: string, now: number): DialogueState | undefined {
  const [content = '', mac = '', ...rest] = given.split('.');
  if (secret === '' || rest.length > 0) return undefined;
  if (!isSame(Buffer.from(mac, 'base64url'), macOf(content, secret))) return undefined;
  // Signed, so that it is JSON of ours.
  const state = State.parse(JSON.parse(Buffer.from(content, 'base64url').toString()));
  const age = now - state.issued;
  return age >= -60_000 && age <= mostMilliseconds ? state : undefined;
}

function macOf(content: string, secret: string): Uint8Array {
  return hmacSha256(secret, 'meshwright mattermost dialogue\n', content);
}
