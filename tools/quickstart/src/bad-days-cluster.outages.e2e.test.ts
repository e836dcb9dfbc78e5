import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { expectInstalled, minute, untilSaid, whileAway } from './test-support/outage.ts';
import { untilStage } from './test-support/rollouts.ts';
import { useScene } from './test-support/use-scene.ts';

const here = useScene({ profile: 'control-plane', prepare: (scene) => scene.startEngine() });

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
});
