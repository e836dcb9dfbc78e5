import { setTimeout as delay } from 'node:timers/promises';
import {
  type DecisionRequest,
  Message,
  type RolloutInput,
  type RolloutStatus,
  workflowId,
} from '@meshwright/model';
import type { TemporalConnection } from '@meshwright/temporal';
import type { Repetition } from '../measuring/arms.ts';
import { type IdleAgent, subjectOf } from './waiting-rollouts.ts';

/** More than people give: above what the machine can carry out, the time is that of a queue. */
const decisionsEachSecond = 1;
const carriedOutWithinMilliseconds = 120_000;

/** How long decisions took, each from when it was sent. */
export interface DecisionTimes {
  answered: Repetition[];
  firstStage: Repetition[];
}

/** Decides on some of the rollouts, at random times and without waiting for one before the next. */
export async function decideOn(
  rollouts: readonly RolloutInput[],
  { client }: TemporalConnection,
  { agent, signal }: { agent: IdleAgent; signal: AbortSignal },
): Promise<DecisionTimes> {
  const times: DecisionTimes = { answered: [], firstStage: [] };
  const decide = async (rollout: RolloutInput, repetition: number): Promise<void> => {
    const sample = { repetition, arm: 'orchestrator', place: 1, startedAt: new Date().toISOString() };
    const sentAt = Date.now();
    const subject = subjectOf(rollout);
    const args: [DecisionRequest] = [{ subject, decision: 'approve', identity: 'bob' }];
    const handle = client.workflow.getHandle(workflowId.rollout(rollout.pattern, rollout.commit.id));
    await handle.executeUpdate<RolloutStatus, [DecisionRequest]>(Message.decide, { args });
    times.answered.push({ ...sample, value: Date.now() - sentAt });
    const scheduledAt = await Promise.race([agent.firstStage(subject), tooLate(rollout, signal)]);
    times.firstStage.push({ ...sample, value: scheduledAt - sentAt });
  };
  const running: Promise<void>[] = [];
  for (const [index, rollout] of rollouts.entries()) {
    // Arrivals of a Poisson process: nobody waits until somebody else has decided.
    await delay((-Math.log(1 - Math.random()) * 1_000) / decisionsEachSecond, undefined, { signal });
    running.push(decide(rollout, index + 1));
  }
  await Promise.all(running);
  return times;
}

async function tooLate({ pattern }: RolloutInput, signal: AbortSignal): Promise<never> {
  await delay(carriedOutWithinMilliseconds, undefined, { signal, ref: false });
  throw new Error(`The decision on ${pattern} was not carried out.`);
}
