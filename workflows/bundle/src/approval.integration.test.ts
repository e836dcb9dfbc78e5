import { describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import {
  failureOf,
  Message,
  type DecisionRequest,
  type RolloutInput,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import { openWorld } from './test-support/open-world.ts';
import { endOf, inPhase, startRollout, stated, statusOf } from './test-support/rollouts.ts';
import { digestOf, samplePlan, sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

interface Waiting {
  handle: WorkflowHandle;
  subject: string;
  run: string;
}

function gated(pattern: string, approval: Partial<ValidPattern['approval']> = {}): RolloutInput {
  return sampleRollout(pattern, { approval: { required: true, ...approval } });
}

/** Starts a rollout and waits until it asks for approval. */
async function startWaiting(input: RolloutInput): Promise<Waiting> {
  const handle = await startRollout(world, input);
  const { approval } = await inPhase(handle, 'awaiting-approval');
  return { handle, subject: approval!.subject, run: approval!.run };
}

function decide(
  { handle, subject, run }: Waiting,
  request: Partial<DecisionRequest>,
): Promise<RolloutStatus> {
  const seen = { run, gate: 'change', subject, decision: 'approve', from: 'a test' } as const;
  const args: [DecisionRequest] = [{ ...seen, account: stated('bob'), ...request }];
  return handle.executeUpdate<RolloutStatus, [DecisionRequest]>(Message.decide, { args });
}

async function refusal(waiting: Waiting, request: Partial<DecisionRequest>): Promise<string> {
  const error = await decide(waiting, request).then(
    () => expect.unreachable('the decision was taken'),
    (reason: unknown) => reason,
  );
  const { code, message } = failureOf(error);
  return `${code}: ${message}`;
}

describe('an approval', () => {
  it('lets the rollout go on, and is answered with its status', async () => {
    const waiting = await startWaiting(gated('approved'));
    expect(world.targets.log).toEqual(['local planChange']);
    const answer = await decide(waiting, { reason: 'looks good' });
    expect(answer.approval?.decisions).toMatchObject([
      { person: 'bob', decision: 'approve', reason: 'looks good' },
    ]);
    expect(await waiting.handle.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('is bound to the one plan there is, or to the plans of all targets together', async () => {
    const input = gated('bound');
    const one = await startWaiting(input);
    const { pattern, commit, purpose } = input;
    const plan = samplePlan({ cluster: 'local', pattern, commit: commit.id, purpose });
    expect(one.subject).toBe(plan.digest);
    const targets = [
      { cluster: 'second', wave: 1 },
      { cluster: 'local', wave: 1 },
    ];
    const several = gated('bound-together');
    const both = await startWaiting({ ...several, valid: { ...several.valid!, targets } });
    const digests = ['local', 'second'].map((cluster) =>
      samplePlan({ cluster, pattern: several.pattern, commit: several.commit.id, purpose }),
    );
    expect(both.subject).toBe(digestOf(digests.map(({ digest }) => `${digest}\n`).join('')));
    await Promise.all([one, both].map(({ handle }) => handle.terminate()));
  });

  it('is not asked for when nothing would change', async () => {
    world.targets.behaviour.planChange = (input) =>
      Promise.resolve({ ...samplePlan(input), action: 'none', stages: [] });
    const handle = await startRollout(world, gated('unchanged'));
    expect(await handle.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('is refused with the reason, and leaves the rollout waiting', async () => {
    const approvers = ['user:bob', 'user:cleo', 'user:Ann@Example.com', 'group:owners'];
    const waiting = await startWaiting(gated('refusing', { approvers, quorum: 2 }));
    expect(await refusal(waiting, { subject: digestOf('another plan') })).toContain(
      'APPROVAL_REFUSED: The decision is about',
    );
    expect(await refusal(waiting, { account: stated('') })).toContain('names nobody');
    expect(await refusal(waiting, { account: stated('b\u202eob') })).toContain('visible characters');
    expect(await refusal(waiting, { account: stated('mallory') })).toContain(
      'mallory is not among the approvers',
    );
    expect(await refusal(waiting, { account: stated('owners') })).toContain('not among the approvers');
    expect(await refusal(waiting, { account: stated('ann@example.com') })).toContain('is the author');
    expect(await refusal(waiting, { account: stated('ANN AUTHOR') })).toContain('is the author');
    expect(await refusal(waiting, { decision: 'maybe' as never })).toContain('A decision is one of');
    await decide(waiting, { account: stated('bob') });
    expect(await refusal(waiting, { account: stated('BOB') })).toContain('has decided already');
    expect((await statusOf(waiting.handle)).phase).toBe('awaiting-approval');
    await decide(waiting, { account: stated('cleo') });
    expect(await waiting.handle.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('that rejects ends the rollout as Failed without a change', async () => {
    const waiting = await startWaiting(gated('rejected'));
    await decide(waiting, { decision: 'reject', reason: 'not on a Friday' });
    const error = await endOf(waiting.handle);
    expect(failureOf(error)).toMatchObject({
      code: 'APPROVAL_REJECTED',
      message: 'bob rejected the plan: not on a Friday',
    });
    expect(await statusOf(waiting.handle)).toMatchObject({ phase: 'rejected' });
    expect(world.targets.log).toEqual(['local planChange']);
  });

  it('that nobody gives in time ends the rollout', async () => {
    const waiting = await startWaiting(gated('expiring', { expiresAfterSeconds: 2 }));
    const error = await endOf(waiting.handle);
    expect(failureOf(error)).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(await statusOf(waiting.handle)).toMatchObject({ phase: 'rejected', approval: { decisions: [] } });
    expect(world.targets.log).toEqual(['local planChange']);
  });

  it('gives way to a newer rollout', async () => {
    const waiting = await startWaiting(gated('overtaken'));
    await waiting.handle.signal(Message.superseded, 'rollout:overtaken@ffffffffffff');
    const error = await endOf(waiting.handle);
    expect(failureOf(error)).toMatchObject({ code: 'SUPERSEDED' });
    expect(await statusOf(waiting.handle)).toMatchObject({ phase: 'cancelled' });
  });

  it('does not count for a plan that came out differently once the target was free', async () => {
    const held = Promise.withResolvers<{ note: string }>();
    const waiting = await startWaiting(gated('late'));
    world.targets.behaviour.applyStage = () => held.promise;
    const holder = await startRollout(world, sampleRollout('early'));
    await eventually('the other one holds the target', async () =>
      expect((await statusOf(holder)).phase).toBe('changing'),
    );
    await decide(waiting, {});
    await eventually('it queues', async () => expect((await statusOf(waiting.handle)).phase).toBe('queued'));
    world.targets.behaviour.planChange = (input) => Promise.resolve(samplePlan(input, 'after the other'));
    held.resolve({ note: 'applied' });
    const again = await eventually('it asks again', async () => {
      const status = await statusOf(waiting.handle);
      expect(status).toMatchObject({ phase: 'awaiting-approval', approval: { decisions: [] } });
      return status.approval!.subject;
    });
    expect(again).not.toBe(waiting.subject);
    expect(await refusal(waiting, {})).toContain('The decision is about');
    await decide({ ...waiting, subject: again }, {});
    expect(await waiting.handle.result()).toMatchObject({ phase: 'succeeded' });
  });
});
