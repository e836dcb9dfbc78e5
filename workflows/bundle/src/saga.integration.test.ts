import { describe, expect, it } from 'vitest';
import { Message } from '@meshwright/model';
import { openWorld } from './test-support/open-world.ts';
import {
  changeOf,
  changeStatusOf,
  command,
  endOf,
  failStages,
  failureOfRun,
  holdStage,
  inPhase,
  stageLog,
  startRollout,
  statusOf,
  workflowState,
} from './test-support/rollouts.ts';
import { sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

const bothInTurn = [
  { cluster: 'second', wave: 2 },
  { cluster: 'local', wave: 1 },
];

describe('a change whose stage fails', () => {
  it('takes back what had begun, newest first, and ends as Failed with the reason', async () => {
    failStages(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout('unhealthy', { targets: bothInTurn }));
    expect(await failureOfRun(rollout)).toMatchObject({
      code: 'NOT_READY',
      stage: 'control-plane',
      where: 'local',
      remedy: 'Check the image.',
      message: expect.stringContaining('control-plane is not ready') as string,
      lines: ['Done on the way back: "Take back: Control plane", "Take back: Custom resource definitions".'],
    });
    expect(world.targets.log.filter((entry) => !entry.endsWith('planChange'))).toEqual([
      ...stageLog('local', 'base', 'control-plane', 'undo-control-plane', 'undo-base'),
      'local concludeChange rolled-back',
    ]);
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      targets: [
        {
          cluster: 'local',
          phase: 'rolled-back',
          stages: [{ state: 'done' }, { state: 'failed' }],
          rollback: [{ state: 'done' }, { state: 'done' }],
        },
        { cluster: 'second', phase: 'cancelled', failure: { code: 'NOT_STARTED' } },
      ],
    });
    expect(await workflowState(changeOf(world))).toBe('FAILED');
    expect(await workflowState(rollout)).toBe('FAILED');
  });

  it('leaves alone what had not begun', async () => {
    failStages(world, 'base');
    await endOf(await startRollout(world, sampleRollout('early')));
    expect(world.targets.log.slice(1)).toEqual([
      ...stageLog('local', 'base', 'undo-base'),
      'local concludeChange rolled-back',
    ]);
  });

  it('is not kept from its way back by being cancelled', async () => {
    failStages(world, 'control-plane');
    const held = holdStage(world, 'undo-control-plane');
    const rollout = await startRollout(world, sampleRollout('insisting'));
    await held.begun;
    await rollout.cancel();
    await eventually('the change knows', async () => {
      const { events } = await changeOf(world).fetchHistory();
      expect(events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
    });
    held.release();
    await endOf(rollout);
    expect(await workflowState(rollout)).toBe('CANCELLED');
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      failure: { code: 'CANCELLED', lines: [expect.stringContaining('control-plane is not ready')] },
      targets: [{ phase: 'rolled-back', rollback: [{ state: 'done' }, { state: 'done' }] }],
    });
  });
});

describe('a way back whose stage fails', () => {
  it('stops, names the stage and what is owned, and goes on there when it is retried', async () => {
    failStages(world, 'control-plane', 'undo-base');
    const rollout = await startRollout(world, sampleRollout('stuck'));
    const stopped = await inPhase(rollout, 'stopped');
    expect(stopped.waitingFor).toContain('a person');
    expect(stopped.targets[0]?.failure).toMatchObject({
      stage: 'undo-base',
      message: 'The way back stopped at "Take back: Custom resource definitions": undo-base is not ready',
      lines: [
        'Not taken back yet: "Take back: Custom resource definitions".',
        'Done on the way back: "Take back: Control plane".',
        'The change itself had failed at stage control-plane: control-plane is not ready',
      ],
    });
    await eventually('it lists what is owned', async () =>
      expect((await changeStatusOf(world)).owned).toMatchObject({ total: 3, removal: 'Run the removal.' }),
    );
    failStages(world);
    await command(rollout, 'retry', 'the finalizer is gone');
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'NOT_READY', stage: 'control-plane' });
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      interventions: [{ command: 'retry', identity: 'bob', reason: 'the finalizer is gone' }],
      targets: [{ rollback: [{ state: 'done' }, { state: 'done' }], interventions: [{ command: 'retry' }] }],
    });
    const begun = world.targets.stages.filter(({ stage }) => stage === 'undo-base').map(({ at }) => at);
    expect(new Set(begun).size).toBe(1);
    expect(world.targets.log.filter((entry) => entry === 'local applyStage undo-control-plane')).toHaveLength(
      1,
    );
  });

  it('ends as failed when nobody wants to try it again', async () => {
    failStages(world, 'control-plane', 'undo-control-plane');
    const rollout = await startRollout(world, sampleRollout('given-up'));
    await inPhase(rollout, 'stopped');
    await command(rollout, 'cancel', 'mended by hand');
    const failure = await failureOfRun(rollout);
    expect(failure).toMatchObject({ code: 'NOT_READY', stage: 'undo-control-plane' });
    expect(failure.lines).toContain('bob left it as it is: mended by hand');
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'failed',
      targets: [
        { phase: 'failed', owned: { total: 3 }, rollback: [{ state: 'failed' }, { state: 'pending' }] },
      ],
    });
    expect(world.targets.concluded).toEqual([]);
  });
});

describe('a rollout that was ended from outside', () => {
  it('by cancelling it still takes a retry of the way back that it waits for', async () => {
    failStages(world, 'undo-control-plane');
    const held = holdStage(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout('cancelled-and-stuck'));
    await held.begun;
    await rollout.cancel();
    await inPhase(rollout, 'stopped');
    failStages(world);
    await command(rollout, 'retry');
    await endOf(rollout);
    expect(await workflowState(rollout)).toBe('CANCELLED');
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
  });

  it('by terminating it leaves a change that takes itself back', async () => {
    const held = holdStage(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout('terminated'));
    await held.begun;
    await rollout.terminate();
    await endOf(changeOf(world));
    expect(await changeStatusOf(world)).toMatchObject({ phase: 'rolled-back' });
    expect(world.targets.concluded).toMatchObject([{ outcome: 'rolled-back' }]);
  });
});

describe('a change that shall stop on failure', () => {
  async function stopped(pattern: string): Promise<Awaited<ReturnType<typeof startRollout>>> {
    failStages(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout(pattern, { onFailure: 'stop' }));
    await inPhase(rollout, 'stopped');
    return rollout;
  }

  it('tries the stage again, under the time it first began at, and goes on', async () => {
    const rollout = await stopped('retried');
    expect((await statusOf(rollout)).targets[0]).toMatchObject({
      phase: 'stopped',
      failure: { code: 'NOT_READY', stage: 'control-plane' },
      stages: [{ state: 'done' }, { state: 'failed' }],
    });
    failStages(world);
    await command(rollout, 'retry');
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded', targets: [{ phase: 'succeeded' }] });
    const begun = world.targets.stages.filter(({ stage }) => stage === 'control-plane').map(({ at }) => at);
    expect(begun).toHaveLength(4);
    expect(new Set(begun).size).toBe(1);
    expect(world.targets.log.filter((entry) => entry === 'local applyStage base')).toHaveLength(1);
  });

  it('stops again when the retry fails too', async () => {
    const rollout = await stopped('stubborn');
    await command(rollout, 'retry');
    await eventually('it has stopped again', async () => {
      expect(world.targets.stages.filter(({ stage }) => stage === 'control-plane')).toHaveLength(4);
      expect((await statusOf(rollout)).phase).toBe('stopped');
    });
    await command(rollout, 'cancel');
    await endOf(rollout);
  });

  it('is taken back when a person says so', async () => {
    const rollout = await stopped('taken-back');
    await command(rollout, 'rollback');
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'NOT_READY', stage: 'control-plane' });
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
    expect(world.targets.log.slice(-5)).toEqual([
      ...stageLog('local', 'undo-control-plane', 'undo-base'),
      'local concludeChange rolled-back',
    ]);
  });

  it('is left as it is when a person cancels it', async () => {
    const rollout = await stopped('left');
    await command(rollout, 'cancel');
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'NOT_READY', stage: 'control-plane' });
    expect(await statusOf(rollout)).toMatchObject({ phase: 'failed', targets: [{ owned: { total: 3 } }] });
    expect(world.targets.log.some((entry) => entry.includes('undo-'))).toBe(false);
  });

  it('lets go of the target for a newer rollout, also after the rollout was cancelled', async () => {
    const rollout = await stopped('overtaken');
    await rollout.signal(Message.superseded, 'rollout:overtaken@ffffffffffff');
    const failure = await failureOfRun(rollout);
    expect(failure).toMatchObject({ code: 'NOT_READY', stage: 'control-plane' });
    expect(failure.lines).toContain('Left as it is for rollout:overtaken@ffffffffffff.');
    expect(await statusOf(rollout)).toMatchObject({ phase: 'failed' });
    const again = await stopped('cancelled-while-stopped');
    await again.cancel();
    await endOf(again);
    expect(await workflowState(changeOf(world))).toBe('FAILED');
  });

  it('does not stop for a newer rollout that is there already', async () => {
    failStages(world, 'base');
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('hurried', { onFailure: 'stop' }));
    await held.begun;
    await rollout.signal(Message.superseded, 'rollout:hurried@ffffffffffff');
    await eventually('the change knows', async () => {
      const { events } = await changeOf(world).fetchHistory();
      expect(events?.some((event) => event.workflowExecutionSignaledEventAttributes)).toBe(true);
    });
    held.release();
    expect((await failureOfRun(rollout)).lines).toContain('Left as it is for rollout:hurried@ffffffffffff.');
  });
});

describe('a change that is cancelled under way', () => {
  it('waits until its stage has stopped, then takes it back, and the rollout ends as Cancelled', async () => {
    const held = holdStage(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout('cancelled', { targets: bothInTurn }));
    await held.begun;
    await rollout.cancel();
    await endOf(rollout);
    expect(await workflowState(rollout)).toBe('CANCELLED');
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      failure: { code: 'CANCELLED' },
      targets: [
        { phase: 'rolled-back', failure: { code: 'CANCELLED', stage: 'control-plane' } },
        { phase: 'cancelled', failure: { code: 'NOT_STARTED' } },
      ],
    });
    expect(world.targets.log.slice(-5)).toEqual([
      ...stageLog('local', 'undo-control-plane', 'undo-base'),
      'local concludeChange rolled-back',
    ]);
  });

  it('ends where it is when it shall stop on failure', async () => {
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('let-be', { onFailure: 'stop' }));
    await held.begun;
    await rollout.cancel();
    await endOf(rollout);
    expect(await workflowState(rollout)).toBe('CANCELLED');
    expect(await workflowState(changeOf(world))).toBe('CANCELLED');
    expect(await changeStatusOf(world)).toMatchObject({
      phase: 'cancelled',
      failure: { code: 'CANCELLED', stage: 'base' },
      owned: { total: 3 },
    });
    expect(world.targets.concluded).toEqual([]);
  });
});
