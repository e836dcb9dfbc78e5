import { afterEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { openWorld } from './test-support/open-world.ts';
import {
  changeStatusOf,
  command,
  decide,
  endOf,
  failStages,
  holdStage,
  inPhase,
  stageLog,
  startRollout,
  statusOf,
} from './test-support/rollouts.ts';
import { sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

/** However a run was interrupted, nothing was repeated: each stage was applied and verified once for each try at it. */
afterEach(() => {
  const repeated = world.targets.log.filter((entry, place) => world.targets.log[place - 1] === entry);
  expect(repeated).toEqual([]);
});

/** Stops the worker of the workflows, lets something happen without it, and starts another. */
async function restartDuring(what: () => Promise<void> | void): Promise<void> {
  await world.stopOrchestrator();
  await what();
  await world.startOrchestrator();
}

describe('a worker of the workflows that is lost', () => {
  it('while a stage is applied: the rollout goes on where it stood', async () => {
    const held = holdStage(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout('lost-forward'));
    await held.begun;
    await restartDuring(held.release);
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
    expect(world.targets.log).toEqual([
      'local planChange',
      ...stageLog('local', 'base', 'control-plane'),
      'local concludeChange kept',
    ]);
  });

  it('on the way back: it goes on there', async () => {
    failStages(world, 'control-plane');
    const held = holdStage(world, 'undo-control-plane');
    const rollout = await startRollout(world, sampleRollout('lost-back'));
    await held.begun;
    await restartDuring(held.release);
    await endOf(rollout);
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
    expect(world.targets.log.slice(-5)).toEqual([
      ...stageLog('local', 'undo-control-plane', 'undo-base'),
      'local concludeChange rolled-back',
    ]);
  });

  it('while it was cancelled: it is taken back all the same', async () => {
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('lost-cancelled'));
    await held.begun;
    await restartDuring(() => rollout.cancel().then(() => undefined));
    await endOf(rollout);
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
  });

  it('while it is paused: it stays paused, and is resumed', async () => {
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('lost-paused'));
    await held.begun;
    await command(rollout, 'pause');
    await restartDuring(held.release);
    await inPhase(rollout, 'paused');
    await restartDuring(() => undefined);
    await inPhase(rollout, 'paused');
    await command(rollout, 'resume');
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
  });

  it.each(['retry', 'rollback', 'cancel'] as const)(
    'while it is stopped: it still takes a %s',
    async (word) => {
      failStages(world, 'base');
      const rollout = await startRollout(world, sampleRollout(`lost-stopped-${word}`, { onFailure: 'stop' }));
      await inPhase(rollout, 'stopped');
      await restartDuring(() => failStages(world));
      const answer = await command(rollout, word);
      expect(answer.interventions).toMatchObject([{ command: word }]);
      await rollout.result().catch(() => undefined);
      const ends = { retry: 'succeeded', rollback: 'rolled-back', cancel: 'failed' };
      expect((await statusOf(rollout)).phase).toBe(ends[word]);
    },
  );

  it('while its way back is stopped: it is retried there', async () => {
    failStages(world, 'base', 'undo-base');
    const rollout = await startRollout(world, sampleRollout('lost-stuck'));
    await inPhase(rollout, 'stopped');
    await restartDuring(() => failStages(world));
    await command(rollout, 'retry');
    await endOf(rollout);
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
  });

  it('while it waits for a confirmation: the decision still counts', async () => {
    const rollout = await startRollout(world, sampleRollout('lost-waiting', { purpose: 'uninstall' }));
    await inPhase(rollout, 'awaiting-approval');
    await restartDuring(() => undefined);
    await decide(rollout);
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('while it queues: it has its turn', async () => {
    const held = holdStage(world, 'base');
    const holder = await startRollout(world, sampleRollout('lost-holder'));
    await held.begun;
    const waiter = await startRollout(world, sampleRollout('lost-queued'));
    await inPhase(waiter, 'queued');
    await restartDuring(held.release);
    await holder.result();
    expect(await waiter.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('while the change is recorded: it is recorded once', async () => {
    const recording = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    world.targets.behaviour.concludeChange = async () => {
      recording.resolve(undefined);
      await gate.promise;
    };
    const rollout: WorkflowHandle = await startRollout(world, sampleRollout('lost-recording'));
    await recording.promise;
    await restartDuring(() => gate.resolve(undefined));
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
    expect(world.targets.concluded).toHaveLength(1);
  });

  it('while a revert is offered: the branch is in the status', async () => {
    failStages(world, 'base');
    const offered = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<{ branch: string }>();
    world.repository.revert = () => {
      offered.resolve(undefined);
      return gate.promise;
    };
    const rollout = await startRollout(world, sampleRollout('lost-offering'));
    await offered.promise;
    await restartDuring(() => gate.resolve({ branch: 'meshwright/late' }));
    await endOf(rollout);
    expect((await statusOf(rollout)).hold).toMatchObject({ revert: 'meshwright/late' });
    await eventually('the change has ended', async () =>
      expect((await changeStatusOf(world)).phase).toBe('rolled-back'),
    );
  });
});
