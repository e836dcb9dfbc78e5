import { Phase, StageState } from '@meshwright/model';
import { expect, it } from 'vitest';
import { moment, sampleReport, sampleStatus, sampleTarget } from '@meshwright/rollouts/test-support/samples';
import { renderProgress } from './progress.ts';

it('tells everything of note first', () => {
  expect(renderProgress(undefined, sampleReport(), moment).join('\n')).toMatchInlineSnapshot(`
    "2026-11-21 12:00:00 UTC  rollout:checkout-mesh@0123456789ab: changing
    2026-11-21 12:00:00 UTC  local: changing
    2026-11-21 12:00:00 UTC  local: upgrade istio 1.30.2 → 1.31.0 (sidecar): 1 to create, 1 to update, 1 to delete
    2026-11-21 12:00:00 UTC  local: Control plane: done, 2 objects applied
    2026-11-21 12:00:00 UTC  local: Restart workloads: verifying, Deployment checkout/cart: 1 of 2 ready"
  `);
});

it('tells nothing when only the time went on', () => {
  expect(renderProgress(sampleReport(), sampleReport(), moment)).toEqual([]);
});

it('tells each stage that goes on, and the end', () => {
  const stages = sampleTarget().stages.map((stage) => ({ ...stage, state: StageState.done }));
  const status = sampleStatus({
    phase: Phase.succeeded,
    targets: [sampleTarget({ phase: Phase.succeeded, stages })],
  });
  expect(renderProgress(sampleReport(), sampleReport({ status }), moment).join('\n')).toMatchInlineSnapshot(`
    "2026-11-21 12:00:00 UTC  local: succeeded
    2026-11-21 12:00:00 UTC  local: Restart workloads: done, Deployment checkout/cart: 1 of 2 ready
    2026-11-21 12:00:00 UTC  local: Remove what is gone: done
    2026-11-21 12:00:00 UTC  rollout:checkout-mesh@0123456789ab: succeeded"
  `);
});

it('tells the failure with its remedy once', () => {
  const failure = { code: 'NOT_READY', message: 'It is not ready.', remedy: 'Wait.' };
  const failed = sampleReport({ status: sampleStatus({ phase: Phase.failed, failure }) });
  expect(renderProgress(sampleReport(), failed, moment).slice(-2)).toEqual([
    '2026-11-21 12:00:00 UTC  failed: It is not ready. [NOT_READY]',
    '2026-11-21 12:00:00 UTC  remedy: Wait.',
  ]);
  expect(renderProgress(failed, failed, moment)).toEqual([]);
});
