import { type Account, clipped } from '@meshwright/model';
import {
  type ChatDelivery,
  type ChatPlugin,
  choiceOf,
  idOf,
  jsonOf,
  mostSignedBytes,
  nonsense,
  reasonIn,
  reasonWords,
  useOf,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { readContext } from './action.ts';
import { dialogueId, readState } from './dialogue.ts';
import { readTrigger } from './trigger.ts';

const id = z.string().min(1).max(200);

/** `PostActionIntegrationRequest` of Mattermost's server. */
const Action = z.object({
  user_id: id,
  user_name: z.string().max(1_000).optional(),
  channel_id: id,
  channel_name: z.string().max(1_000).optional(),
  post_id: z.string().max(200).optional(),
  trigger_id: z.string().max(2_000),
  context: z.unknown(),
});

/** `SubmitDialogRequest` of Mattermost's server. */
const Submission = z.object({
  type: z.literal('dialog_submission'),
  callback_id: z.string().max(200),
  state: z.string().max(8_000),
  user_id: id,
  cancelled: z.boolean().nullish(),
  submission: z.object({ [dialogueId]: z.string().max(3_000).nullish() }).nullish(),
});

/** What the server takes for «done». */
const done = { status: 200, contentType: 'application/json', body: '{}' } as const;

/**
 * See `ChatPlugin.receive`. The server signs no requests. What stands in for it is in the body: our signature over what the
 * button is about, which only the server was given; and the server's own signature over who has used it. The body has to be
 * parsed to find them, and is bounded before.
 */
export const receive: NonNullable<ChatPlugin['receive']> = async ({ body }, { service, secret }, now) => {
  if (body.length > mostSignedBytes) return undefined;
  const payload = jsonOf(body);
  const submission = Submission.safeParse(payload).data;
  if (submission !== undefined) return readSubmission(submission, { service, secret: await secret(), now });
  const action = Action.safeParse(payload).data;
  return action === undefined ? undefined : readAction(action, { service, secret: await secret(), now });
};

interface Believing {
  service: string;
  secret: string;
  now: number;
}

function readAction(
  action: z.infer<typeof Action>,
  { service, secret, now }: Believing,
): ChatDelivery | undefined {
  const context = readContext(action.context, secret);
  if (context?.channel !== action.channel_id || now > Number(context.expires)) return undefined;
  const trigger = readTrigger(action.trigger_id, context.serverKey, now);
  if (trigger?.user !== action.user_id) return undefined;
  const choice = choiceOf(context.choice);
  if (choice === undefined) throw nonsense('Mattermost', 'its button is unknown');
  const { rollout, run, gate, subject, channel } = context;
  const reference = { rollout, run, gate, subject };
  const account: Account = { service, id: trigger.user };
  if (action.user_name !== undefined) account.name = clipped(action.user_name, 80);
  const from =
    action.channel_name === undefined ? 'Mattermost' : `Mattermost ~${clipped(action.channel_name, 80)}`;
  const reply = { channel, user: trigger.user };
  const dialogue = { ...reply, trigger: action.trigger_id, from };
  // A dialogue asks before what is dangerous, too.
  const asks = choice.asks || context.confirm !== '';
  return {
    id: idOf([context.choice, trigger.id, trigger.user]),
    event: useOf({ ...choice, asks }, { reference, account, from, reply, dialogue }),
    answer: done,
  };
}

function readSubmission(
  { state: given, user_id: user, submission, cancelled }: z.infer<typeof Submission>,
  { service, secret, now }: Believing,
): ChatDelivery | undefined {
  const state = readState(given, secret, now);
  if (state?.user !== user) return undefined;
  const delivery = { id: idOf([given, user]), answer: done };
  if (cancelled === true)
    return { ...delivery, event: { kind: 'other', name: 'a dialogue that was closed' } };
  const reason = reasonIn(submission?.[dialogueId]);
  if (reason === undefined) {
    const body = JSON.stringify({ errors: { [dialogueId]: reasonWords.missing } });
    const event = { kind: 'other', name: 'a dialogue without a reason' } as const;
    return { ...delivery, event, answer: { ...done, body } };
  }
  const { reference, decision, channel, from } = state;
  const account = { service, id: user };
  const reply = { channel, user };
  return {
    ...delivery,
    event: { kind: 'decision', reference, decision, account, reason, from, reply },
  };
}
