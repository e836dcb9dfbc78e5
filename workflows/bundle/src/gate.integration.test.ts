import { describe, expect, it } from 'vitest';
import { MeshwrightError, type TrialInput, type TrialRecord } from '@meshwright/model';
import { sampleTrial } from './test-support/fake-load.ts';
import {
  isChanged,
  isControl,
  liveGate,
  planWith,
  sampleGate,
  toggledGate,
  watchedGate,
} from './test-support/gates.ts';
import { openWorld } from './test-support/open-world.ts';
import {
  changeOf,
  changeStatusOf,
  command,
  failureOfRun,
  type Held,
  holdStage,
  inPhase,
  startRollout,
  statusOf,
} from './test-support/rollouts.ts';
import { sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

/** Slower by this factor while the change is in place; the machine gets slower by a third meanwhile, for the control too. */
function slowerBy(factor: number): void {
  world.load.behaviour = (input, earlier) => {
    const drift = isChanged(world) ? 1.33 : 1;
    const effect = isChanged(world) && !isControl(input) ? factor : 1;
    return sampleTrial((20 + (earlier % 3) / 20) * drift * effect);
  };
}

/** Holds every trial from when the change is in place. */
function holdTrialsOnceChanged(): Held {
  const begun = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<undefined>();
  world.load.behaviour = async () => {
    if (isChanged(world)) {
      begun.resolve(undefined);
      await gate.promise;
    }
    return sampleTrial(20);
  };
  return { begun: begun.promise, release: () => gate.resolve(undefined) };
}

function measured(predicate: (input: TrialInput) => boolean): number {
  return world.load.trials.filter(({ request }) => request.warmUpSeconds > 0).filter(predicate).length;
}

function failing(): TrialRecord {
  const trial = sampleTrial(20);
  return { ...trial, errors: { 'status 503': trial.requests } };
}

describe('a measured change', () => {
  it('is kept when the workload is as fast as before, and its figures with it', async () => {
    planWith(world, sampleGate);
    slowerBy(1);
    const rollout = await startRollout(world, sampleRollout('harmless'));
    await rollout.result();
    const status = await statusOf(rollout);
    expect(status).toMatchObject({
      phase: 'succeeded',
      targets: [{ gate: { verdict: 'passed', outcome: 'kept', contrast: 'D3' } }],
    });
    expect(measured((input) => !isControl(input))).toBe(14);
    expect(measured(isControl)).toBe(14);
    expect(world.results.records).toMatchObject([
      {
        context: { pattern: 'harmless', cluster: 'local', arms: { b: { mesh: { version: '1.31.0' } } } },
        status: { judgement: { verdict: 'passed' } },
      },
    ]);
    expect(world.results.records[0]?.status.blocks).toHaveLength(7);
    expect(world.results.records[0]?.status.blocks[0]).toHaveProperty('controlB');
  });

  it('is taken back when it made the workload slower, which is then measured again', async () => {
    planWith(world, sampleGate);
    slowerBy(1.3);
    const rollout = await startRollout(world, sampleRollout('slower'));
    expect(await failureOfRun(rollout)).toMatchObject({
      code: 'REGRESSED',
      message: expect.stringMatching(/made the workload worse: p99 is (?:29\.\d|30(?:\.\d)?) %/) as string,
    });
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      hold: { reason: expect.stringContaining('worse') as string },
      targets: [{ gate: { verdict: 'regressed', outcome: 'taken back', restored: { verdict: 'passed' } } }],
    });
    expect(world.targets.log).toContain('local applyStage undo-control-plane');
    expect(measured((input) => !isControl(input))).toBe(21);
    await eventually('the verdict can be searched for', async () => {
      const query = 'MeshwrightVerdict = "regressed" AND WorkflowType = "meshChange"';
      expect((await world.client.workflow.count(query)).count).toBe(1);
    });
  });

  it.each([
    ['hold', 'resume', 'succeeded'],
    ['hold', 'rollback', 'rolled-back'],
  ] as const)('that is to %s waits for a person, who may %s', async (onRegression, word, phase) => {
    planWith(world, { ...sampleGate, onRegression });
    slowerBy(1.3);
    const rollout = await startRollout(world, sampleRollout(`held-${word}`));
    const stopped = await inPhase(rollout, 'stopped');
    expect(stopped.targets[0]).toMatchObject({ waitingFor: expect.stringContaining('resume') as string });
    await command(rollout, word, 'seen');
    await rollout.result().catch(() => undefined);
    const { phase: end, targets } = await statusOf(rollout);
    expect(end).toBe(phase);
    expect(targets[0]?.gate?.outcome).toBe(word === 'resume' ? 'kept by bob: seen' : 'taken back');
  });

  it('is never taken back by itself on advice alone', async () => {
    const [first] = sampleGate.measurements;
    const alone = { endpoint: 'cart', paths: first!.paths };
    planWith(world, { ...sampleGate, contrast: 'advisory', measurements: [alone] });
    slowerBy(1.3);
    const rollout = await startRollout(world, sampleRollout('advised'));
    await inPhase(rollout, 'stopped');
    await command(rollout, 'retry');
    await eventually('it was measured again', async () => {
      expect((await changeStatusOf(world)).phase).toBe('stopped');
      expect(measured(() => true)).toBe(21);
      expect((await statusOf(rollout)).phase).toBe('stopped');
    });
    await command(rollout, 'resume');
    await rollout.result();
    expect(world.results.records.map(({ id }) => id.endsWith(':2'))).toEqual([false, true]);
  });

  it('that could not be measured before waits for a person before anything is touched', async () => {
    planWith(world, sampleGate);
    world.load.behaviour = () => {
      throw new MeshwrightError('LOAD_UNAVAILABLE', 'There is no generator.');
    };
    const rollout = await startRollout(world, sampleRollout('unmeasured'));
    await inPhase(rollout, 'stopped');
    expect(world.targets.log).not.toContain('local applyStage base');
    await command(rollout, 'resume');
    await rollout.result();
    expect(world.targets.log).toContain('local applyStage base');
    expect((await statusOf(rollout)).targets[0]?.gate).toMatchObject({
      verdict: 'inconclusive',
      outcome: 'kept by bob',
    });
  });

  it('of an installation goes on unmeasured where there was nothing before', async () => {
    planWith(world, sampleGate, { action: 'install' });
    world.load.behaviour = () => {
      throw new MeshwrightError('LOAD_UNAVAILABLE', 'Nothing is there yet.');
    };
    const rollout = await startRollout(world, sampleRollout('first'));
    await rollout.result();
    expect((await statusOf(rollout)).targets[0]?.gate?.outcome).toContain('goes on unmeasured');
  });

  it('turns back while it is measured when a person says so', async () => {
    planWith(world, sampleGate);
    const held = holdTrialsOnceChanged();
    const rollout = await startRollout(world, sampleRollout('interrupted'));
    await held.begun;
    await inPhase(rollout, 'measuring');
    await command(rollout, 'rollback');
    held.release();
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'CANCELLED' });
    expect((await statusOf(rollout)).phase).toBe('rolled-back');
  });

  it('goes on where it was when the orchestrator comes back in the middle of it', async () => {
    planWith(world, sampleGate);
    const begun = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    world.load.behaviour = async (_, earlier) => {
      if (earlier === 20) {
        begun.resolve(undefined);
        await release.promise;
      }
      return sampleTrial(20);
    };
    const rollout = await startRollout(world, sampleRollout('surviving'));
    await begun.promise;
    await world.stopOrchestrator();
    release.resolve(undefined);
    await world.startOrchestrator();
    await rollout.result();
    expect(measured(() => true)).toBe(28);
  });
});

describe('a change between two control planes', () => {
  it('is judged before any workload moves, in pods that go again', async () => {
    planWith(world, liveGate);
    world.load.behaviour = ({ probe }) => sampleTrial(probe?.namespace === 'shop-after' ? 26 : 20);
    const rollout = await startRollout(world, sampleRollout('canary'));
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'REGRESSED' });
    expect(world.targets.log.filter((entry) => /Probes|applyStage/.test(entry))).toEqual([
      'local applyStage base',
      'local openProbes',
      'local closeProbes',
      'local applyStage undo-base',
    ]);
  });

  it('goes on to its workloads when it passed', async () => {
    planWith(world, liveGate);
    const rollout = await startRollout(world, sampleRollout('canary-passed'));
    await rollout.result();
    expect(world.targets.log).toContain('local applyStage control-plane');
  });
});

describe('a change that is switched on and off', () => {
  it('is measured once it has arrived each time, and is in place when it is kept', async () => {
    planWith(world, toggledGate);
    const measuredWith: boolean[] = [];
    world.load.behaviour = () => {
      measuredWith.push(isChanged(world));
      return sampleTrial(20);
    };
    const rollout = await startRollout(world, sampleRollout('toggled'));
    await rollout.result();
    const [off, on] = [false, true];
    const abba = [off, on, on, off];
    expect(measuredWith).toEqual([...abba, ...abba, ...abba, off, on]);
    expect(world.targets.log.findLast((entry) => entry.includes('applyStage'))).toBe(
      'local applyStage control-plane',
    );
    expect((await statusOf(rollout)).targets[0]).toMatchObject({
      gate: { contrast: 'D2', verdict: 'passed', outcome: 'kept' },
      stages: [{ state: 'done' }, { state: 'done' }],
    });
  });

  it('is off at the end when it made the workload slower', async () => {
    planWith(world, toggledGate);
    world.load.behaviour = () => sampleTrial(isChanged(world) ? 26 : 20);
    const rollout = await startRollout(world, sampleRollout('toggled-back'));
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'REGRESSED' });
    expect(isChanged(world)).toBe(false);
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      targets: [{ gate: { restored: { verdict: 'passed' } } }],
    });
  });

  it('is taken back when a person says so in the middle of it', async () => {
    planWith(world, toggledGate);
    const held = holdTrialsOnceChanged();
    const rollout = await startRollout(world, sampleRollout('toggled-interrupted'));
    await held.begun;
    await inPhase(rollout, 'measuring');
    await command(rollout, 'rollback');
    held.release();
    expect(await failureOfRun(rollout)).toMatchObject({ code: 'CANCELLED' });
    expect(isChanged(world)).toBe(false);
  });
});

describe('requests that fail while a change runs', () => {
  it('stop it at once, and it is taken back', async () => {
    planWith(world, watchedGate);
    const held = holdStage(world, 'control-plane');
    const isHeld = () => world.targets.log.at(-1) === 'local applyStage control-plane';
    world.load.behaviour = () => (isHeld() ? failing() : sampleTrial(20));
    const rollout = await startRollout(world, sampleRollout('breaking'));
    await held.begun;
    expect(await failureOfRun(rollout)).toMatchObject({
      code: 'ERROR_BURST',
      message: expect.stringContaining('http://shop.example/ failed while the change ran') as string,
    });
    expect(await statusOf(rollout)).toMatchObject({
      phase: 'rolled-back',
      targets: [{ gate: { restored: { verdict: 'passed' } } }],
    });
  });

  it('leave it alone while the sender itself is away', async () => {
    planWith(world, watchedGate);
    world.load.behaviour = ({ request }) => {
      if (request.warmUpSeconds === 0) throw new MeshwrightError('LOAD_FAILED', 'No pod is ready.');
      return sampleTrial(20);
    };
    const rollout = await startRollout(world, sampleRollout('restarting'));
    await rollout.result();
    expect((await statusOf(rollout)).phase).toBe('succeeded');
    await changeOf(world).describe();
  });
});
