import { type Account, clipped, MeshwrightError } from '@meshwright/model';
import {
  type ChatDelivery,
  choiceOf,
  idOf,
  readPayload,
  reasonIn,
  reasonWords,
  useOf,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { readButtonValue } from './button-value.ts';
import { dialogueId, readDialogueState } from './dialogue.ts';

const id = z.string().min(1).max(200);
const User = z.object({ id, name: z.string().optional(), team_id: id.optional() });

/** docs.slack.dev, «block_actions payload». */
const Click = z.object({
  user: User.extend({ team_id: id }),
  trigger_id: z.string().min(1).max(500),
  channel: z.object({ id, name: z.string().optional() }),
  container: z.object({ message_ts: id }),
  actions: z.array(z.object({ action_id: id, action_ts: id, value: z.string().max(2_000) })).min(1),
});

/** docs.slack.dev, «view_submission payload». */
const Submission = z.object({
  user: User,
  view: z.object({
    id,
    callback_id: z.string(),
    private_metadata: z.string().max(3_000),
    state: z.object({
      values: z.object({
        [dialogueId]: z.object({ [dialogueId]: z.object({ value: z.string().max(3_000).nullish() }) }),
      }),
    }),
  }),
});

const taken = { status: 200 } as const;

/**
 * What a person has done, from a payload whose sender is known to be Slack.
 * @throws MeshwrightError INVALID_INPUT when it is none of the payloads that Slack documents.
 */
export function readInteraction(payload: unknown, service: string): ChatDelivery {
  const { type } = readPayload('Slack', z.object({ type: z.string().max(100) }), payload);
  if (type === 'block_actions') return readClick(readPayload('Slack', Click, payload), service);
  if (type === 'view_submission') return readSubmission(payload, service);
  return { id: idOf([type]), event: { kind: 'other', name: clipped(type, 60) }, answer: taken };
}

function readClick(click: z.infer<typeof Click>, service: string): ChatDelivery {
  const { user, trigger_id: trigger, channel, container } = click;
  const [action] = click.actions;
  const choice = choiceOf(action?.action_id ?? '');
  const shown = readButtonValue(action?.value ?? '');
  if (action === undefined || choice === undefined || shown === undefined) {
    const name = clipped(action?.action_id ?? 'no action', 60);
    return { id: idOf([user.id, action?.action_ts]), event: { kind: 'other', name }, answer: taken };
  }
  if (shown.channel !== channel.id) {
    throw new MeshwrightError('INVALID_INPUT', 'The button was not sent to the channel it was used in.');
  }
  const account = accountOf(service, user, shown.team);
  const from = channel.name === undefined ? 'Slack' : `Slack #${clipped(channel.name, 80)}`;
  const reply = { channel: channel.id, user: user.id };
  const dialogue = { ...reply, trigger, account: account.id, from };
  return {
    id: idOf([shown.team, user.id, channel.id, container.message_ts, action.action_id, action.action_ts]),
    event: useOf(choice, { reference: shown.reference, account, from, reply, dialogue }),
    answer: taken,
  };
}

function readSubmission(payload: unknown, service: string): ChatDelivery {
  const { user, view } = readPayload('Slack', Submission, payload);
  const state = view.callback_id === dialogueId ? readDialogueState(view.private_metadata) : undefined;
  const delivery = { id: idOf([user.id, view.id]), answer: taken };
  if (state === undefined) {
    return { ...delivery, event: { kind: 'other', name: clipped(view.callback_id, 60) } };
  }
  if (state.user !== user.id) {
    throw new MeshwrightError('INVALID_INPUT', 'The dialogue was opened for somebody else.');
  }
  const reason = reasonIn(view.state.values[dialogueId][dialogueId].value);
  if (reason === undefined) {
    const errors = { [dialogueId]: reasonWords.missing };
    const body = JSON.stringify({ response_action: 'errors', errors });
    return {
      ...delivery,
      event: { kind: 'other', name: 'a dialogue without a reason' },
      answer: { status: 200, contentType: 'application/json', body },
    };
  }
  const { reference, decision, channel, from } = state;
  const account: Account = { service, id: state.account, ...nameOf(user) };
  const reply = { channel, user: user.id };
  return {
    ...delivery,
    event: { kind: 'decision', reference, decision, account, reason, from, reply },
  };
}

/**
 * The account of a user: its id alone where it belongs to the workspace of the app, and with its workspace where a channel is
 * shared with others (Slack Connect). A policy that lists `U…` never means somebody of another workspace.
 */
function accountOf(service: string, user: z.infer<typeof Click>['user'], team: string): Account {
  const own = user.team_id === team ? user.id : `${user.team_id}/${user.id}`;
  return { service, id: own, ...nameOf(user) };
}

function nameOf({ name }: z.infer<typeof User>): { name?: string } {
  return name === undefined ? {} : { name: clipped(name, 80) };
}
