import { describe, it } from 'vitest';
import { expectInstalled, untilSaid, whileFrozen } from './test-support/outage.ts';
import { untilPlanned } from './test-support/rollouts.ts';
import { useScene } from './test-support/use-scene.ts';

const here = useScene({ profile: 'control-plane', prepare: (scene) => scene.startEngine() });

describe('an install goes on by itself after', () => {
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
