import {
  Decision,
  type DecisionRequest,
  type Delivery,
  type DeliverySubject,
  isMeshwrightError,
  MeshwrightError,
} from '@meshwright/model';
import { countApprovals, decide, decisionOn, type WaitingGate } from '@meshwright/rollouts';
import { plural } from '@meshwright/wording';
import type { Engine } from '../engine.ts';
import { commandLine } from '../intake/command.ts';
import { sentence } from '../notices/progress.ts';
import type { Services } from '@meshwright/services';
import { gatesOfPullRequest } from './gates.ts';

export interface DecidingOptions {
  engine: Engine;
  services: Services;
}

type Deciding = Extract<Delivery['action'], { kind: 'decide' }>;

/** Takes a decision; gives what the person is told, a refusal with its reason too. Safe to repeat. */
export async function decideDelivery(
  options: DecidingOptions,
  delivery: Delivery,
  action: Deciding,
): Promise<string> {
  const { about } = delivery;
  if (about.kind === 'message') {
    const { rollout, run, gate, subject } = about.reference;
    return send(
      options,
      delivery,
      rollout,
      decisionOn({ run, gate, subject }, { ...action, ...who(delivery) }),
    );
  }
  const gates = await gatesOfPullRequest(options, about);
  const chosen = choose(gates, action, about);
  if (typeof chosen === 'string') return chosen;
  const answers: string[] = [];
  for (const { workflow, approval, about: what } of chosen) {
    const answer = await send(
      options,
      delivery,
      workflow,
      decisionOn(approval, { ...action, ...who(delivery) }),
    );
    answers.push(chosen.length === 1 ? answer : `${what}: ${answer}`);
  }
  return answers.join('\n');
}

function who({ account, from }: Delivery): Pick<DecisionRequest, 'account' | 'from'> {
  return { account, from };
}

/** The gates that a comment is about; or why none, as an answer. */
function choose(
  gates: readonly WaitingGate[],
  { decision, subject, reason }: Deciding,
  { number }: Extract<DeliverySubject, { kind: 'pull-request' }>,
): readonly WaitingGate[] | string {
  if (gates.length === 0) return `Nothing waits for a decision on pull request ${number}.`;
  const lines = gates.map(({ about, approval }) => `${about}: ${commandLine(decision, approval.subject)}`);
  const isSafe = decision === Decision.hold || decision === Decision.release;
  if (subject === undefined && isSafe) return gates;
  if (decision === Decision.reject && reason === undefined) {
    return ['A rejection needs a reason, on the same line:', ...lines.map((line) => `${line} <reason>`)].join(
      '\n',
    );
  }
  if (subject === undefined) {
    return ['Say which plan, as you have read it:', ...lines].join('\n');
  }
  const meant = gates.filter(({ approval }) => approval.subject.replace('sha256:', '').startsWith(subject));
  if (meant.length > 0) return meant;
  return [`No plan that waits begins with ${subject}: it has changed, or was decided. Now:`, ...lines].join(
    '\n',
  );
}

async function send(
  { engine }: DecidingOptions,
  { service, id }: Delivery,
  workflow: string,
  request: DecisionRequest,
): Promise<string> {
  // The same delivery is the same decision, however often it is carried out.
  const updateId = `${service}/${id}/${request.subject.replace('sha256:', '').slice(0, 12)}`;
  try {
    return answerOf(await decide<object>(engine.client(), workflow, request, updateId), request);
  } catch (error) {
    if (!isMeshwrightError(error) || error.retryable) throw error;
    if (error.code === 'NOT_READY') throw later(error);
    const { remedy, lines = [] } = error.details;
    return [
      `Refused: ${error.message}`,
      ...lines.slice(0, 5),
      ...(remedy === undefined ? [] : [remedy]),
    ].join('\n');
  }
}

/** It may have been taken: asked again with the same id, it says so. */
function later(cause: MeshwrightError): MeshwrightError {
  return new MeshwrightError('TEMPORAL_UNREACHABLE', cause.message, cause.details, { cause });
}

/** What a decision has led to, as the status that it gave says. */
function answerOf(status: object, { decision, subject }: DecisionRequest): string {
  const approval = approvalsIn(status).find((one) => one.subject === subject);
  const what = sentence({ ...words }[decision]);
  if (approval === undefined || decision !== Decision.approve) return `${what}.`;
  const missing = approval.quorum - countApprovals(approval);
  return missing > 0
    ? `${what}: ${plural(missing, 'more approval')} needed.`
    : `${what}: nothing more is needed.`;
}

const words: Readonly<Record<Decision, string>> = {
  approve: 'approved',
  reject: 'rejected',
  hold: 'held',
  release: 'released',
  'break-glass': 'the gate is opened without its quorum',
};

type Approval = WaitingGate['approval'];

function approvalsIn(status: object): Approval[] {
  const own = 'approval' in status ? [status.approval as Approval] : [];
  const rollouts = 'rollouts' in status ? (status.rollouts as { approval?: Approval }[]) : [];
  return [...own, ...rollouts.flatMap(({ approval }) => approval ?? [])];
}
