import { describe, expect, it } from 'vitest';
import { MeshwrightError } from '@meshwright/model';
import { openWorld } from './test-support/open-world.ts';
import {
  endOf,
  failStages,
  failureOfRun,
  holdStage,
  inPhase,
  startRollout,
  statusOf,
} from './test-support/rollouts.ts';
import { sampleCommit, samplePlan, sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

describe('a commit that was rolled back', () => {
  it('is held on its target, and a branch that reverts it is offered', async () => {
    failStages(world, 'control-plane');
    const input = sampleRollout('held');
    const rollout = await startRollout(world, input);
    await endOf(rollout);
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      hold: {
        commit: input.commit.id,
        reason: 'local, stage control-plane: control-plane is not ready',
        revert: 'meshwright/revert',
      },
    });
    expect(world.targets.concluded).toMatchObject([
      {
        outcome: 'rolled-back',
        rollout: rollout.workflowId,
        hold: { commit: input.commit.id, reason: 'control-plane is not ready' },
      },
    ]);
    expect(world.repository.offers).toEqual([
      {
        repository: 'patterns',
        commit: input.commit.id,
        pattern: 'held',
        reason: 'local, stage control-plane: control-plane is not ready',
      },
    ]);
  });

  it('ends with the reason where no branch can be offered', async () => {
    failStages(world, 'control-plane');
    world.repository.revert = () => Promise.resolve({ refused: 'the branch is protected' });
    const refused = await startRollout(world, sampleRollout('refused'));
    await endOf(refused);
    expect((await statusOf(refused)).hold).toMatchObject({ refused: 'the branch is protected' });
    world.repository.revert = () =>
      Promise.reject(new MeshwrightError('REPOSITORY_REFUSED', 'the credential is not accepted'));
    const failed = await startRollout(world, sampleRollout('failed-offer'));
    expect(await failureOfRun(failed)).toMatchObject({ code: 'NOT_READY' });
    expect((await statusOf(failed)).hold).toMatchObject({ refused: 'the credential is not accepted' });
  });

  it('is planned again only when a person says so', async () => {
    world.targets.behaviour.planChange = (input) =>
      input.despiteHold
        ? Promise.resolve(samplePlan(input))
        : Promise.reject(new MeshwrightError('HELD', 'the commit was rolled back before'));
    const byCommit = await startRollout(world, sampleRollout('by-commit'));
    expect(await failureOfRun(byCommit)).toMatchObject({ code: 'HELD' });
    expect(await statusOf(byCommit)).toMatchObject({
      phase: 'failed',
      hold: { reason: 'the commit was rolled back before' },
    });
    const request = { kind: 'retry', identity: 'bob' } as const;
    const byHand = await startRollout(world, sampleRollout('by-hand', { request }));
    expect(await byHand.result()).toMatchObject({ phase: 'succeeded' });
    expect(world.repository.offers).toEqual([]);
  });

  it('is noticed also by a rollout that waited for another one', async () => {
    const held = holdStage(world, 'base');
    const holder = await startRollout(world, sampleRollout('hold-holder'));
    await held.begun;
    const waiter = await startRollout(world, sampleRollout('hold-waiter'));
    await inPhase(waiter, 'queued');
    world.targets.behaviour.planChange = () =>
      Promise.reject(new MeshwrightError('HELD', 'the commit was rolled back before'));
    held.release();
    await holder.result();
    expect(await failureOfRun(waiter)).toMatchObject({ code: 'HELD' });
    expect(await statusOf(waiter)).toMatchObject({ hold: { reason: 'the commit was rolled back before' } });
    expect(world.repository.offers).toEqual([]);
  });
});

describe('a rollback that a person started', () => {
  const holds = sampleCommit('The commit that went wrong').id;
  const request = { kind: 'rollback', identity: 'bob', reason: 'latency', holds } as const;
  const reason = /^bob rolled back to [0-9a-f]{12}: latency$/;

  it('holds the commit it takes back once it is kept, and offers to revert that one', async () => {
    const rollout = await startRollout(world, sampleRollout('by-hand-back', { request }));
    expect(await rollout.result()).toMatchObject({
      phase: 'succeeded',
      hold: { commit: holds, reason: expect.stringMatching(reason) as string, revert: 'meshwright/revert' },
    });
    expect(world.targets.concluded).toMatchObject([
      { outcome: 'kept', hold: { commit: holds, reason: expect.stringMatching(reason) as string } },
    ]);
    expect(world.repository.offers).toMatchObject([{ commit: holds }]);
  });

  it('records the hold also where nothing has to be changed', async () => {
    world.targets.behaviour.planChange = (input) =>
      Promise.resolve({ ...samplePlan(input), action: 'none', stages: [], rollback: [] });
    const rollout = await startRollout(world, sampleRollout('nothing-to-undo', { request }));
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
    expect(world.targets.log).toEqual(['local planChange', 'local concludeChange kept']);
  });

  it('that fails itself offers no revert of the commit it went back to', async () => {
    failStages(world, 'base');
    const rollout = await startRollout(world, sampleRollout('failing-back', { request }));
    await endOf(rollout);
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
    expect(world.repository.offers).toEqual([]);
  });
});

describe('the record of a change', () => {
  it('is tried again, with the lock held, until it is written', async () => {
    let refusals = 1;
    world.targets.behaviour.concludeChange = () => {
      if (refusals === 0) return Promise.resolve();
      refusals -= 1;
      return Promise.reject(new MeshwrightError('API_REFUSED', 'the quota is used up'));
    };
    const rollout = await startRollout(world, sampleRollout('unrecorded'));
    await eventually('it says what it waits for', () => expect(refusals).toBe(0));
    await inPhase(rollout, 'changing');
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
    expect(world.targets.concluded).toHaveLength(1);
  });
});
