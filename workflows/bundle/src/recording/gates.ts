import type { TrialRecord } from '@meshwright/model';
import { sampleTrial } from '../test-support/fake-load.ts';
import {
  isChanged,
  isControl,
  liveGate,
  planWith,
  sampleGate,
  toggledGate,
  watchedGate,
} from '../test-support/gates.ts';
import { command, holdStage, inPhase, startRollout } from '../test-support/rollouts.ts';
import { sampleRollout } from '../test-support/samples.ts';
import type { World } from '../test-support/world.ts';
import type { Scenario } from './scenarios.ts';

/** The paths of a change that is measured. */
export const gateScenarios: Record<string, Scenario> = {
  'measured-and-kept': (world) => {
    planWith(world, sampleGate);
    return startRollout(world, sampleRollout('m-kept'));
  },
  'measured-and-taken-back': (world) => {
    planWith(world, sampleGate);
    slower(world);
    return startRollout(world, sampleRollout('m-back'));
  },
  'measured-and-held': async (world) => {
    planWith(world, { ...sampleGate, onRegression: 'hold' });
    slower(world);
    const rollout = await startRollout(world, sampleRollout('m-held'));
    await inPhase(rollout, 'stopped');
    await command(rollout, 'resume', 'seen');
    return rollout;
  },
  'measured-live': (world) => {
    planWith(world, liveGate);
    return startRollout(world, sampleRollout('m-live'));
  },
  'measured-by-switching': (world) => {
    planWith(world, toggledGate);
    return startRollout(world, sampleRollout('m-switched'));
  },
  'errors-while-it-runs': async (world) => {
    planWith(world, watchedGate);
    const held = holdStage(world, 'control-plane');
    const isHeld = () => world.targets.log.at(-1) === 'local applyStage control-plane';
    world.load.behaviour = () => (isHeld() ? failing() : sampleTrial(20));
    const rollout = await startRollout(world, sampleRollout('m-errors'));
    await held.begun;
    return rollout;
  },
};

function slower(world: World): void {
  world.load.behaviour = (input) => sampleTrial(isChanged(world) && !isControl(input) ? 26 : 20);
}

function failing(): TrialRecord {
  const trial = sampleTrial(20);
  return { ...trial, errors: { 'status 503': trial.requests } };
}
