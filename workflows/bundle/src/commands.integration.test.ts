import { describe, expect, it } from 'vitest';
import { failureOf, Message, type CommandRequest, type Intervention } from '@meshwright/model';
import { openWorld } from './test-support/open-world.ts';
import {
  changeOf,
  changeStatusOf,
  command,
  decide,
  endOf,
  failStages,
  failureOfRun,
  holdStage,
  inPhase,
  refusalOf,
  stageLog,
  startRollout,
  statusOf,
  untilCancelled,
  workflowState,
} from './test-support/rollouts.ts';
import { sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

const bothAtOnce = [
  { cluster: 'local', wave: 1 },
  { cluster: 'second', wave: 1 },
];

describe('a pause', () => {
  it('lets the stage under way end, then waits with its reason until somebody resumes', async () => {
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('paused'));
    await held.begun;
    await command(rollout, 'pause', 'lunch');
    held.release();
    const paused = await inPhase(rollout, 'paused');
    expect(paused).toMatchObject({
      waitingFor: 'somebody to resume it: bob paused it (lunch)',
      interventions: [{ command: 'pause', identity: 'bob', reason: 'lunch' }],
      targets: [{ phase: 'paused', stages: [{ state: 'done' }, { state: 'pending' }] }],
    });
    expect(await refusalOf(rollout, 'pause')).toBe('COMMAND_REFUSED: bob has paused it already.');
    await command(rollout, 'resume');
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
    expect((await changeStatusOf(world)).interventions.map((one) => one.command)).toEqual([
      'pause',
      'resume',
    ]);
  });

  it('holds back the way back too', async () => {
    failStages(world, 'base');
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('paused-back'));
    await held.begun;
    await command(rollout, 'pause');
    held.release();
    await inPhase(rollout, 'paused');
    expect((await statusOf(rollout)).targets[0]).toMatchObject({ rollback: [{ state: 'pending' }] });
    expect(await refusalOf(rollout, 'cancel')).toContain('taken back already');
    await command(rollout, 'resume');
    await endOf(rollout);
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
  });

  it('keeps a rollout that queues from starting when its turn comes', async () => {
    const held = holdStage(world, 'base');
    const holder = await startRollout(world, sampleRollout('pause-holder'));
    await held.begun;
    const waiter = await startRollout(world, sampleRollout('pause-waiter'));
    await inPhase(waiter, 'queued');
    await command(waiter, 'pause');
    held.release();
    await holder.result();
    await inPhase(waiter, 'paused');
    expect(world.targets.concluded).toHaveLength(1);
    await command(waiter, 'resume');
    expect(await waiter.result()).toMatchObject({ phase: 'succeeded' });
  });
});

describe('turning a change back', () => {
  it('stops the stage under way, takes back what was begun, and says who wanted it', async () => {
    const held = holdStage(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout('turned-back', { onFailure: 'stop' }));
    await held.begun;
    await command(rollout, 'rollback', 'alerts');
    const failure = await failureOfRun(rollout);
    expect(failure).toMatchObject({ code: 'CANCELLED', stage: 'control-plane' });
    expect(failure.message).toContain('was taken back by bob at stage "Control plane": alerts');
    expect(await statusOf(rollout)).toMatchObject({ phase: 'rolled-back' });
    expect(await workflowState(rollout)).toBe('FAILED');
    expect(world.targets.log.slice(-5)).toEqual([
      ...stageLog('local', 'undo-control-plane', 'undo-base'),
      'local concludeChange rolled-back',
    ]);
  });

  it('ends a pause', async () => {
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('paused-then-back'));
    await held.begun;
    await command(rollout, 'pause');
    held.release();
    await inPhase(rollout, 'paused');
    await command(rollout, 'rollback');
    expect((await failureOfRun(rollout)).message).toContain('before stage "Control plane"');
    expect(world.targets.log.slice(-3)).toEqual([
      ...stageLog('local', 'undo-base'),
      'local concludeChange rolled-back',
    ]);
  });

  it('counts when it comes together with the end of the last stage', async () => {
    const held = holdStage(world, 'control-plane', 'verifyStage');
    const rollout = await startRollout(world, sampleRollout('last-moment'));
    await held.begun;
    await world.stopOrchestrator();
    const order: Intervention = { command: 'rollback', identity: 'bob', at: Date.now() };
    await changeOf(world).signal(Message.command, order);
    held.release();
    await eventually('the stage has ended', async () => {
      const { events } = await changeOf(world).fetchHistory();
      const ended = events?.filter((event) => event.activityTaskCompletedEventAttributes);
      expect(ended).toHaveLength(4);
    });
    await world.startOrchestrator();
    expect((await failureOfRun(rollout)).message).toContain('taken back by bob after its last stage');
    expect(world.targets.concluded).toMatchObject([{ outcome: 'rolled-back' }]);
  });
});

describe('cancelling a rollout by command', () => {
  it('takes back what changes, and starts nothing that waits', async () => {
    const held = holdStage(world, 'base');
    const holder = await startRollout(world, sampleRollout('lock-holder'));
    await held.begun;
    world.targets.behaviour.applyStage = ({ cluster, stage }) =>
      cluster === 'second' && stage === 'control-plane'
        ? untilCancelled()
        : Promise.resolve({ note: 'applied' });
    const rollout = await startRollout(world, sampleRollout('called-off', { targets: bothAtOnce }));
    await eventually('one target changes and one queues', async () => {
      const [first, second] = (await statusOf(rollout)).targets;
      expect([first?.phase, second?.phase]).toEqual(['queued', 'changing']);
      expect((await changeStatusOf(world, 'second')).stages[1]?.state).toBe('applying');
    });
    await command(rollout, 'cancel', 'wrong cluster');
    expect(await failureOfRun(rollout)).toMatchObject({
      code: 'CANCELLED',
      message: 'The rollout was cancelled by bob: wrong cluster',
    });
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      interventions: [{ command: 'cancel', identity: 'bob', reason: 'wrong cluster' }],
      targets: [
        { phase: 'cancelled', failure: { code: 'NOT_STARTED' } },
        { phase: 'rolled-back', failure: { code: 'CANCELLED' } },
      ],
    });
    held.release();
    await holder.result();
  }, 60_000);

  it('ends one that waits for approval, without a change', async () => {
    const rollout = await startRollout(world, sampleRollout('unwanted', { approval: { required: true } }));
    await inPhase(rollout, 'awaiting-approval');
    await command(rollout, 'cancel');
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'CANCELLED' });
    expect(await statusOf(rollout)).toMatchObject({ phase: 'cancelled' });
    expect(world.targets.log).toEqual(['local planChange']);
  });

  it('ends one whose cluster does not answer with a plan', async () => {
    const planning = Promise.withResolvers<undefined>();
    world.targets.behaviour.planChange = () => {
      planning.resolve(undefined);
      return untilCancelled();
    };
    const rollout = await startRollout(world, sampleRollout('unplanned'));
    await planning.promise;
    await command(rollout, 'cancel');
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a command', () => {
  it('that pauses a rollout before its approval keeps it from starting afterwards', async () => {
    const rollout = await startRollout(world, sampleRollout('early', { approval: { required: true } }));
    await inPhase(rollout, 'awaiting-approval');
    await command(rollout, 'pause');
    await decide(rollout);
    await inPhase(rollout, 'paused');
    await command(rollout, 'resume');
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('is refused with the reason where it does not fit, and changes nothing', async () => {
    const rollout = await startRollout(world, sampleRollout('choosy', { approval: { required: true } }));
    await inPhase(rollout, 'awaiting-approval');
    expect(await refusalOf(rollout, 'resume')).toContain('COMMAND_REFUSED: It is not paused');
    expect(await refusalOf(rollout, 'retry')).toContain('No change is stopped');
    expect(await refusalOf(rollout, 'rollback')).toContain('Nothing has been changed');
    const requests = [{ command: 'explode', identity: 'bob' }, { command: 'cancel', identity: '' }, 'cancel'];
    for (const request of requests) {
      const refused = await rollout
        .executeUpdate(Message.command, { args: [request as CommandRequest] })
        .catch((error: unknown) => error);
      expect(failureOf(refused).code).toBe('INVALID_INPUT');
    }
    expect((await statusOf(rollout)).interventions).toEqual([]);
    await decide(rollout);
    expect(await rollout.result()).toMatchObject({ phase: 'succeeded' });
  });
});
