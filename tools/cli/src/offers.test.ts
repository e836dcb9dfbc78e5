import { Phase, type RolloutStatus, StageState } from '@meshwright/model';
import { expect, it } from 'vitest';
import { sampleStatus, sampleTarget } from '@meshwright/rollouts/test-support/samples';
import { renderOffers } from './render/offers.ts';
import { plainView } from './test-support/fixtures.ts';
import { offersFor } from './offers.ts';

function offered(overrides: Partial<RolloutStatus>): string[] {
  return offersFor(sampleStatus(overrides)).map(({ line }) => line.replace('meshwright ', '').split(' ')[0]!);
}

const stopped = sampleTarget({ phase: Phase.stopped });

it('offers to a stopped change to retry, to take back and to end, each with what it does', () => {
  const status = sampleStatus({ phase: Phase.stopped, targets: [stopped] });
  expect(renderOffers(offersFor(status), '  ', plainView).join('\n')).toMatchInlineSnapshot(`
    "  meshwright retry checkout-mesh@0123456789ab     # try the failed stage again
      meshwright rollback checkout-mesh@0123456789ab  # take back what was done
      meshwright cancel checkout-mesh@0123456789ab    # end it as it is now"
  `);
});

it('offers no way back where the way back itself has stopped, nor of an uninstall', () => {
  const back = sampleTarget({ phase: Phase.stopped, rollback: [] });
  expect(offered({ phase: Phase.stopped, targets: [back] })).toEqual(['retry', 'cancel']);
  expect(offered({ phase: Phase.stopped, purpose: 'uninstall', targets: [stopped] })).toEqual([
    'retry',
    'cancel',
  ]);
});

it.each([
  [Phase.planning, ['cancel']],
  [Phase.queued, ['cancel']],
  [Phase.awaitingApproval, ['reject', 'hold']],
  [Phase.changing, ['pause', 'cancel']],
  [Phase.paused, ['resume', 'cancel']],
  [Phase.rollingBack, []],
  [Phase.succeeded, []],
  [Phase.invalid, []],
  [Phase.failed, ['retry', 'rollback']],
  [Phase.rolledBack, ['retry']],
  [Phase.cancelled, ['retry']],
])('offers in the phase %s: %j', (phase, expected) => {
  const pending = [{ id: 'base', title: 'Base', state: StageState.pending }];
  expect(offered({ phase, targets: [sampleTarget({ phase, stages: pending })] })).toEqual(expected);
});

it('offers to go back where a target was left half-way', () => {
  const target = sampleTarget({ phase: Phase.cancelled });
  expect(offered({ phase: Phase.cancelled, targets: [target] })).toEqual(['retry', 'rollback']);
});

it('offers nothing for what a newer rollout has replaced', () => {
  const failure = { code: 'SUPERSEDED', message: 'A newer commit has taken its place.' };
  expect(offered({ phase: Phase.cancelled, failure })).toEqual([]);
});
