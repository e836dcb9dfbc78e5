import type { WorkflowHandle } from '@temporalio/client';
import { Message, MeshwrightError } from '@meshwright/model';
import {
  changeOf,
  command,
  decide,
  failStages,
  holdStage,
  inPhase,
  startRollout,
} from '../test-support/rollouts.ts';
import { invalidRollout, sampleCommit, samplePlan, sampleRollout } from '../test-support/samples.ts';
import { eventually, type World } from '../test-support/world.ts';

/** Takes a rollout, and the change of its target, through one path to its end. */
export type Scenario = (world: World) => Promise<WorkflowHandle>;

const newer = 'rollout:newer@ffffffffffff';

const bothInTurn = [
  { cluster: 'local', wave: 1 },
  { cluster: 'second', wave: 2 },
];

/** The paths of a rollout that change something: of each, the rollout and the change of `local` are recorded. */
export const changingScenarios: Record<string, Scenario> = {
  succeeded: (world) => startRollout(world, sampleRollout('a', { targets: bothInTurn })),
  approved: async (world) => {
    const rollout = await startRollout(world, sampleRollout('b', { approval: { required: true } }));
    await decide(rollout, { reason: 'seen' });
    return rollout;
  },
  'rolled-back': (world) => {
    failStages(world, 'control-plane');
    return startRollout(world, sampleRollout('c', { targets: bothInTurn }));
  },
  'rollback-retried': async (world) => {
    const rollout = await stuck(world);
    failStages(world);
    await command(rollout, 'retry', 'mended');
    return rollout;
  },
  'rollback-left': async (world) => {
    const rollout = await stuck(world);
    await command(rollout, 'cancel');
    return rollout;
  },
  'paused-and-resumed': async (world) => {
    const held = holdStage(world, 'base');
    const rollout = await startRollout(world, sampleRollout('d'));
    await held.begun;
    await command(rollout, 'pause');
    held.release();
    await inPhase(rollout, 'paused');
    await command(rollout, 'resume');
    return rollout;
  },
  cancelled: async (world) => {
    const rollout = await underWay(world, 'rollback');
    await rollout.cancel();
    return rollout;
  },
  'cancelled-and-left': async (world) => {
    const rollout = await underWay(world, 'stop');
    await rollout.cancel();
    return rollout;
  },
  'called-off': async (world) => {
    const rollout = await underWay(world, 'rollback');
    await command(rollout, 'cancel', 'wrong cluster');
    return rollout;
  },
  'turned-back': async (world) => {
    const rollout = await underWay(world, 'stop');
    await command(rollout, 'rollback');
    return rollout;
  },
  'stopped-and-retried': async (world) => {
    const rollout = await stopped(world);
    failStages(world);
    await command(rollout, 'retry');
    return rollout;
  },
  'stopped-and-rolled-back': async (world) => {
    const rollout = await stopped(world);
    await command(rollout, 'rollback');
    return rollout;
  },
  'stopped-and-left': async (world) => {
    const rollout = await stopped(world);
    await command(rollout, 'cancel');
    return rollout;
  },
  'stopped-and-superseded': async (world) => {
    const rollout = await stopped(world);
    await rollout.signal(Message.superseded, newer);
    return rollout;
  },
  uninstalled: async (world) => {
    const rollout = await startRollout(world, sampleRollout('e', { purpose: 'uninstall' }));
    await decide(rollout);
    return rollout;
  },
  'uninstall-failed': async (world) => {
    failStages(world, 'control-plane');
    const rollout = await startRollout(world, sampleRollout('f', { purpose: 'uninstall' }));
    await decide(rollout);
    return rollout;
  },
  'rolled-back-by-hand': (world) => {
    const { id: holds } = sampleCommit('What went wrong');
    const request = { kind: 'rollback', identity: 'bob', reason: 'latency', holds } as const;
    return startRollout(world, sampleRollout('g', { request }));
  },
  'record-refused-once': (world) => {
    let refusals = 1;
    world.targets.behaviour.concludeChange = () => {
      if (refusals === 0) return Promise.resolve();
      refusals -= 1;
      return Promise.reject(new MeshwrightError('API_REFUSED', 'the quota is used up'));
    };
    return startRollout(world, sampleRollout('h'));
  },
  'planned-again': (world) => behindAnother(world, () => undefined),
  'decided-again': async (world) => {
    const waiter = await behindAnother(world, () => {
      world.targets.behaviour.planChange = (input) =>
        Promise.resolve({ ...samplePlan(input, 'later'), confirmations: ['51 objects are deleted'] });
    });
    await decide(waiter);
    return waiter;
  },
};

/** The paths of a rollout that end before anything is changed. */
export const quietScenarios: Record<string, Scenario> = {
  invalid: (world) => startRollout(world, invalidRollout('m')),
  rejected: async (world) => {
    const rollout = await startRollout(world, sampleRollout('n', { approval: { required: true } }));
    await decide(rollout, { decision: 'reject', reason: 'not on a Friday' });
    return rollout;
  },
  'uninstall-rejected': async (world) => {
    const rollout = await startRollout(world, sampleRollout('o', { purpose: 'uninstall' }));
    await decide(rollout, { decision: 'reject' });
    return rollout;
  },
  expired: (world) =>
    startRollout(world, sampleRollout('p', { approval: { required: true, expiresAfterSeconds: 1 } })),
  superseded: async (world) => {
    const rollout = await startRollout(world, sampleRollout('q', { approval: { required: true } }));
    await inPhase(rollout, 'awaiting-approval');
    await rollout.signal(Message.superseded, newer);
    return rollout;
  },
  'called-off-while-waiting': async (world) => {
    const rollout = await startRollout(world, sampleRollout('r', { approval: { required: true } }));
    await inPhase(rollout, 'awaiting-approval');
    await command(rollout, 'cancel');
    return rollout;
  },
  held: (world) => {
    world.targets.behaviour.planChange = () =>
      Promise.reject(new MeshwrightError('HELD', 'the commit was rolled back before'));
    return startRollout(world, sampleRollout('s'));
  },
  unchanged: (world) => {
    world.targets.behaviour.planChange = (input) =>
      Promise.resolve({ ...samplePlan(input), action: 'none', stages: [], rollback: [] });
    return startRollout(world, sampleRollout('t'));
  },
};

/** A change whose way back has stopped at its last stage. */
async function stuck(world: World): Promise<WorkflowHandle> {
  failStages(world, 'control-plane', 'undo-base');
  const rollout = await startRollout(world, sampleRollout('i'));
  await inPhase(rollout, 'stopped');
  return rollout;
}

/** A change that stands still after its second stage has failed. */
async function stopped(world: World): Promise<WorkflowHandle> {
  failStages(world, 'control-plane');
  const rollout = await startRollout(world, sampleRollout('j', { onFailure: 'stop' }));
  await inPhase(rollout, 'stopped');
  return rollout;
}

/** A change while its second stage is applied. */
async function underWay(world: World, onFailure: 'rollback' | 'stop'): Promise<WorkflowHandle> {
  const held = holdStage(world, 'control-plane');
  const rollout = await startRollout(world, sampleRollout('k', { onFailure }));
  await held.begun;
  return rollout;
}

/** A rollout that has waited for another one's change; `meanwhile` is done before that one lets go. */
async function behindAnother(world: World, meanwhile: () => void): Promise<WorkflowHandle> {
  const held = holdStage(world, 'base');
  const holder = await startRollout(world, sampleRollout('holder'));
  await held.begun;
  const waiter = await startRollout(world, sampleRollout('l'));
  await inPhase(waiter, 'queued');
  meanwhile();
  held.release();
  await holder.result();
  await eventually('the waiter has its turn', async () => {
    const { raw } = await changeOf(world).describe();
    if (raw.workflowExecutionInfo?.parentExecution?.workflowId !== waiter.workflowId)
      throw new Error('not yet');
  });
  return waiter;
}
