import { describe, expect, it } from 'vitest';
import type { PlanSummary } from '@meshwright/model';
import { openWorld } from './test-support/open-world.ts';
import {
  command,
  decide,
  endOf,
  failStages,
  failureOfRun,
  holdStage,
  inPhase,
  refusalOf,
  startRollout,
  statusOf,
  stated,
} from './test-support/rollouts.ts';
import { samplePlan, sampleRollout } from './test-support/samples.ts';

const world = openWorld();

const confirmations = ['51 objects are deleted, more than the budget of 50'];

/** Every plan asks to be confirmed from now on. */
function askToConfirm(more: Partial<PlanSummary> = {}): void {
  world.targets.behaviour.planChange = (input) =>
    Promise.resolve({ ...samplePlan(input, JSON.stringify(more)), confirmations, ...more });
}

describe('a plan that asks to be confirmed', () => {
  it('opens a gate where no approval is required, and anyone may confirm, also the author', async () => {
    askToConfirm();
    const rollout = await startRollout(world, sampleRollout('confirmed', { approval: { quorum: 2 } }));
    const { approval, waitingFor } = await inPhase(rollout, 'awaiting-approval');
    expect(approval).toMatchObject({
      authorMayDecide: true,
      quorum: 1,
      confirms: [`local: ${confirmations[0]}`],
    });
    expect(waitingFor).toContain('a confirmation');
    await decide(rollout, { account: stated('Ann Author') });
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('asks when it only came to that behind another run', async () => {
    const held = holdStage(world, 'base');
    const holder = await startRollout(world, sampleRollout('confirm-holder'));
    await held.begun;
    const waiter = await startRollout(world, sampleRollout('confirm-waiter'));
    await inPhase(waiter, 'queued');
    askToConfirm();
    held.release();
    await holder.result();
    await decide(waiter);
    expect(await waiter.result()).toMatchObject({ phase: 'succeeded' });
  });
});

describe('an uninstall', () => {
  const uninstall = (pattern: string): Parameters<typeof startRollout>[1] =>
    sampleRollout(pattern, { purpose: 'uninstall' });

  it('waits for its confirmation, then goes through its stages', async () => {
    const rollout = await startRollout(world, uninstall('removed'));
    await inPhase(rollout, 'awaiting-approval');
    expect(world.targets.log).toEqual(['local planChange']);
    await decide(rollout);
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded', purpose: 'uninstall' });
    expect(world.targets.concluded).toMatchObject([{ outcome: 'kept' }]);
  });

  it('changes nothing when it is rejected', async () => {
    const rollout = await startRollout(world, uninstall('kept'));
    await decide(rollout, { decision: 'reject' });
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'APPROVAL_REJECTED' });
    expect(world.targets.log).toEqual(['local planChange']);
  });

  it('keeps the rules of the approval: who asked for it cannot approve it', async () => {
    const asked = { kind: 'uninstall', identity: 'cleo' } as const;
    const options = { purpose: 'uninstall', approval: { required: true }, request: asked } as const;
    const rollout = await startRollout(world, sampleRollout('asked', options));
    await expect(decide(rollout, { account: stated('cleo') })).rejects.toThrow();
    await decide(rollout);
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded', request: asked });
  });

  it('ends as failed where it stopped: it has no way back', async () => {
    failStages(world, 'control-plane');
    const rollout = await startRollout(world, uninstall('stuck-uninstall'));
    await decide(rollout);
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'NOT_READY', stage: 'control-plane' });
    expect(await statusOf(rollout)).toMatchObject({ phase: 'failed', targets: [{ owned: { total: 3 } }] });
    expect(world.targets.concluded).toEqual([]);
  });

  it('cannot be taken back, and ends where it is when it is cancelled', async () => {
    const held = holdStage(world, 'control-plane');
    const rollout = await startRollout(world, uninstall('cancelled-uninstall'));
    await decide(rollout);
    await held.begun;
    expect(await refusalOf(rollout, 'rollback')).toContain('An uninstall has no way back');
    await command(rollout, 'cancel');
    await endOf(rollout);
    expect(await statusOf(rollout)).toMatchObject({
      targets: [{ phase: 'cancelled', failure: { stage: 'control-plane' }, owned: { total: 3 } }],
    });
    expect((await statusOf(rollout)).phase).toBe('cancelled');
  });
});
