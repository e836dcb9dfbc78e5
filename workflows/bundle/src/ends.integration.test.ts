import type { EndedChange, EndedRollout } from '@meshwright/model';
import type { WorkerOptions } from '@meshwright/temporal';
import { beforeEach, describe, expect, it } from 'vitest';
import { openWorld } from './test-support/open-world.ts';
import { endOf, failStages, startRollout } from './test-support/rollouts.ts';
import { invalidRollout, sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

interface Told {
  rollouts: EndedRollout[];
  changes: EndedChange[];
  activities: string[];
}

const told: Told = { rollouts: [], changes: [], activities: [] };
const nothing = (): void => undefined;
const metrics: NonNullable<WorkerOptions['metrics']> = {
  rolloutEnded: (rollout) => told.rollouts.push(rollout),
  changeEnded: (change) => told.changes.push(change),
  activityEnded: ({ name, outcome, code = '' }) => told.activities.push(`${name} ${outcome} ${code}`.trim()),
  judged: nothing,
  planned: nothing,
  looked: nothing,
  commitRead: nothing,
  requested: nothing,
};
const world = openWorld({ metrics });

beforeEach(() => {
  for (const list of Object.values(told) as unknown[][]) list.length = 0;
});

/** These workers replay whole histories at every task: what is told on replay would be told many times. */
describe('how runs ended is told once', () => {
  it('of a rollout that succeeds, with its change and stages', async () => {
    await (await startRollout(world, sampleRollout('kept'))).result();
    await eventually('the end is told', () => expect(told.rollouts).toHaveLength(1));
    expect(told.rollouts).toEqual([
      { pattern: 'kept', purpose: 'apply', phase: 'succeeded', seconds: expect.any(Number) as number },
    ]);
    expect(told.changes).toMatchObject([{ cluster: 'local', mesh: 'istio', phase: 'succeeded' }]);
    expect(told.changes[0]?.stages).toHaveLength(2);
    for (const stage of told.changes[0]?.stages ?? []) {
      expect(stage).toMatchObject({ way: 'forward', state: 'done' });
      expect(stage.seconds).toBeGreaterThanOrEqual(0);
    }
    expect(told.activities).toContain('planChange completed');
  });

  it('of a change that is taken back, on both ways, with the code of what failed', async () => {
    failStages(world, 'control-plane');
    await endOf(await startRollout(world, sampleRollout('taken-back')));
    await eventually('the end is told', () => expect(told.rollouts).toHaveLength(1));
    expect(told.rollouts).toMatchObject([{ pattern: 'taken-back', phase: 'rolled-back' }]);
    expect(told.changes).toMatchObject([{ phase: 'rolled-back' }]);
    expect(told.changes[0]?.stages.map(({ way, state }) => `${way} ${state}`)).toEqual([
      'forward done',
      'forward failed',
      'back done',
      'back done',
    ]);
    expect(told.activities).toContain('verifyStage failed NOT_READY');
  });

  it('of a rollout that is invalid, and changes nothing', async () => {
    await endOf(await startRollout(world, invalidRollout('broken')));
    await eventually('the end is told', () => expect(told.rollouts).toHaveLength(1));
    expect(told.rollouts).toMatchObject([{ pattern: 'broken', phase: 'invalid' }]);
    expect(told.changes).toEqual([]);
  });
});
