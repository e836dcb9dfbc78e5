import { type Account, type Delivery, messageOf } from '@meshwright/model';
import { markdownText } from '@meshwright/plugin-sdk';
import { explain, type Finding, observeRollout, recordOfRun } from '@meshwright/rollouts';
import type { Logger } from '@meshwright/telemetry';
import { planPullRequest } from '../intake/pull-requests.ts';
import { decideDelivery, type DecidingOptions } from './decide-delivery.ts';
import { gatesOfPullRequest } from './gates.ts';
import { hostedOf, personOf, readPullRequestPlan } from './origin.ts';
import type { Policies } from './policy.ts';

export interface DeliveryOptions extends DecidingOptions {
  policies: Policies;
  logger: Logger;
}

/** Does what somebody has asked for, and answers them where they have asked. Safe to repeat. */
export async function takeDelivery(
  options: DeliveryOptions,
  delivery: Delivery,
): Promise<{ answer: string }> {
  const answer = await act(options, delivery);
  await reply(options, delivery, answer);
  return { answer };
}

function act(options: DeliveryOptions, delivery: Delivery): Promise<string> {
  const { action } = delivery;
  switch (action.kind) {
    case 'decide':
      return decideDelivery(options, delivery, action);
    case 'why':
      return why(options, delivery);
    case 'plan':
      return plan(options, delivery);
  }
}

async function why(options: DeliveryOptions, { about, account }: Delivery): Promise<string> {
  const { engine } = options;
  const client = engine.client();
  if (about.kind === 'message') return explained(options, about.reference.rollout, about.reference.run);
  const stranger = await strangerIn(options, about.repository, account);
  if (stranger !== undefined) return stranger;
  const gates = await gatesOfPullRequest(options, about);
  const rollouts = gates.filter(({ kind }) => kind === 'rollout');
  if (rollouts.length > 0) {
    const answers = await Promise.all(rollouts.map(({ workflow, run }) => explained(options, workflow, run)));
    return answers.join('\n');
  }
  const status = await readPullRequestPlan(client, about.repository, about.number);
  if (status?.waitingFor === undefined) return 'Nothing waits here.';
  return `It waits for ${status.waitingFor}.`;
}

async function explained({ engine }: DeliveryOptions, workflow: string, run: string): Promise<string> {
  const client = engine.client();
  if (!workflow.startsWith('rollout:')) return 'It waits for the approvals that its message shows.';
  const record = await recordOfRun(client, workflow, run);
  return explain(await observeRollout(client, record, Date.now()))
    .map(lineOf)
    .join('\n');
}

function lineOf({ what, lines, remedy }: Finding): string {
  return [what, ...lines.slice(0, 5), ...(remedy === undefined ? [] : [remedy])].join(' ');
}

/** Has a plan made of the head as it is now, on the word of somebody whom the policy knows. */
async function plan(options: DeliveryOptions, { about, account }: Delivery): Promise<string> {
  if (about.kind === 'message') return 'Plans are asked for on pull requests.';
  const { engine, services } = options;
  const hosted = hostedOf(services, about.repository);
  if (hosted === undefined) return 'This repository has no forge any more.';
  const stranger = await strangerIn(options, about.repository, account);
  if (stranger !== undefined) return stranger;
  const { head, state } = await hosted.connection.pullRequest(hosted.project, about.number);
  if (state !== 'open') return 'It is no longer open: there is nothing to plan.';
  const { forge } = services.repository(about.repository);
  const repositories = forge === undefined ? [] : services.hosted(forge.name, forge.project);
  for (const repository of repositories)
    await planPullRequest(engine.client(), repository, about.number, head);
  return `The plan of ${head.slice(0, 12)} is being made.`;
}

/** Why an account is asked nothing by; undefined for a person of the policy that counts. */
async function strangerIn(
  { policies }: DeliveryOptions,
  repository: string,
  account: Account,
): Promise<string | undefined> {
  const policy = await policies.current(repository);
  if (policy === undefined) return `Refused: ${repository} has no approval policy that says who anybody is.`;
  const known = personOf(await policies.rules(policy), account);
  if (known !== undefined) return undefined;
  return `Refused: the approval policy knows nobody with the account ${account.id} of ${account.service}.`;
}

/** An answer that cannot be given is only logged: what was asked for has been done. */
async function reply(
  { services, logger }: DeliveryOptions,
  { service, reply: to, about }: Delivery,
  answer: string,
): Promise<void> {
  try {
    const chat = services.chat(service);
    if (chat !== undefined) {
      await chat.connection.answer(to, answer);
      return;
    }
    if (about.kind !== 'pull-request') return;
    const hosted = hostedOf(services, about.repository);
    const lines = answer.split('\n').map((line) => markdownText(line, 1_000));
    await hosted?.connection.reply(hosted.project, about.number, lines.join('\n\n'));
  } catch (error) {
    logger.warn({ service, reason: messageOf(error) }, 'an answer could not be given');
  }
}
