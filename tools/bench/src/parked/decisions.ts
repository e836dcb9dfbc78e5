import { setTimeout as delay } from 'node:timers/promises';
import {
  type Account,
  type DecisionReference,
  type DecisionRequest,
  Gate,
  Message,
  type RolloutInput,
  type RolloutStatus,
  workflowId,
} from '@meshwright/model';
import { type FakeSlack, slackButton } from '@meshwright/quickstart/test-support';
import type { TemporalConnection } from '@meshwright/temporal';
import type { Repetition } from '../measuring/arms.ts';
import { type IdleAgent, subjectOf } from './waiting-rollouts.ts';

/** More than people give: above what the machine can carry out, the time is that of a queue. */
const decisionsEachSecond = 1;
const carriedOutWithinMilliseconds = 120_000;

/** How long decisions took, each from when it was sent, or clicked. */
export interface DecisionTimes {
  answered: Repetition[];
  firstStage: Repetition[];
}

/** A rollout that waits, with the run that people see. */
export interface Waiting extends RolloutInput {
  run: string;
}

/** How a decision is given: returns when it has been answered. */
export type Decide = (reference: DecisionReference) => Promise<void>;

/** Through Temporal itself, as the command line does. */
export function byUpdate({ client }: TemporalConnection, account: Account): Decide {
  return async ({ rollout, ...reference }) => {
    const request: DecisionRequest = { ...reference, decision: 'approve', account, from: 'the benchmark' };
    const handle = client.workflow.getHandle(rollout, reference.run);
    await handle.executeUpdate<RolloutStatus, [DecisionRequest]>(Message.decide, { args: [request] });
  };
}

/** By a click in Slack, whose signed request reaches the gateway. */
export function byClick(slack: FakeSlack, gateway: string, user: string): Decide {
  return async (reference) => {
    const status = await slack.click(gateway, { user, action: 'approve', value: slackButton(reference) });
    if (status !== 200) throw new Error(`The gateway answered a click with ${status}.`);
  };
}

/** Decides on some of the rollouts, at random times and without waiting for one before the next. */
export async function decideOn(
  rollouts: readonly Waiting[],
  decide: Decide,
  { agent, signal }: { agent: IdleAgent; signal: AbortSignal },
): Promise<DecisionTimes> {
  const times: DecisionTimes = { answered: [], firstStage: [] };
  const decideOne = async (rollout: Waiting, repetition: number): Promise<void> => {
    const sample = { repetition, arm: 'orchestrator', place: 1, startedAt: new Date().toISOString() };
    const sentAt = Date.now();
    const subject = subjectOf(rollout);
    const id = workflowId.rollout(rollout.pattern, rollout.commit.id);
    await decide({ rollout: id, run: rollout.run, gate: Gate.change, subject });
    times.answered.push({ ...sample, value: Date.now() - sentAt });
    const scheduledAt = await Promise.race([agent.firstStage(subject), tooLate(rollout, signal)]);
    times.firstStage.push({ ...sample, value: scheduledAt - sentAt });
  };
  const running: Promise<void>[] = [];
  for (const [index, rollout] of rollouts.entries()) {
    // Arrivals of a Poisson process: nobody waits until somebody else has decided.
    await delay((-Math.log(1 - Math.random()) * 1_000) / decisionsEachSecond, undefined, { signal });
    running.push(decideOne(rollout, index + 1));
  }
  await Promise.all(running);
  return times;
}

async function tooLate({ pattern }: RolloutInput, signal: AbortSignal): Promise<never> {
  await delay(carriedOutWithinMilliseconds, undefined, { signal, ref: false });
  throw new Error(`The decision on ${pattern} was not carried out.`);
}
