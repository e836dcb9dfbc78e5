import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { removeEverything } from './test-support/cluster.ts';
import { expectInstalled, minute, untilSaid, whileAway, whileFrozen } from './test-support/outage.ts';
import { untilPlanned, untilStage } from './test-support/rollouts.ts';
import { openScene, type Scene } from './test-support/scene.ts';

let scene: Scene | undefined;

function here(): Scene {
  if (scene === undefined) throw new Error('There is no scene.');
  return scene;
}

beforeAll(async () => {
  scene = await openScene('control-plane');
  await scene.startEngine();
});
afterEach(async () => {
  await here().stopStandIn();
  await removeEverything(here());
});
afterAll(() => scene?.stop());

describe('an install goes on by itself after', () => {
  it('the API server was away for a minute while the control plane was verified', async () => {
    const committed = await here().patterns.commitPattern();
    await untilStage(here(), 'control-plane', 'verifying');
    await whileAway(here(), 'kube-apiserver', async () => {
      await Promise.all([delay(minute), untilSaid(here(), committed, /verifyStage.*cannot be reached/)]);
    });
    here().startStandIn();
    await expectInstalled(here(), committed);
  });

  it('the API server hung while objects were applied', async () => {
    here().startStandIn();
    const committed = await here().patterns.commitPattern({ approval: true });
    const approve = await untilPlanned(here(), committed);
    await whileFrozen(here(), 'kube-apiserver', async () => {
      await approve();
      await untilSaid(
        here(),
        committed,
        /applyStage.*cannot be reached.*(its answer|connecting) took too long/,
      );
    });
    await expectInstalled(here(), committed);
  });
});
