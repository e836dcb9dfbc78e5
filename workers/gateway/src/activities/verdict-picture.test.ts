import {
  type ChangeStatus,
  type GateStatus,
  Phase,
  type RolloutStatus,
  type Verdict,
} from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { recordingLogger } from '../test-support/logger.ts';
import { pictureOf } from './verdict-picture.ts';

const metrics = [{ name: 'p99', unit: 'ms' }];

function target(cluster: string, verdict: Verdict, how: Partial<GateStatus> = {}): ChangeStatus {
  const judged = {
    name: 'p99',
    verdict,
    reason: 'x',
    blocks: 10,
    ratio: 1.1,
    interval: [1, 1.2] as [number, number],
  };
  const judgement = { id: 'j', verdict, reason: 'x', metrics: [judged] };
  return {
    cluster,
    mesh: 'istio',
    phase: Phase.succeeded,
    plan: { gate: { metrics } } as unknown as NonNullable<ChangeStatus['plan']>,
    stages: [],
    interventions: [],
    gate: {
      contrast: 'D3',
      verdict,
      comparisons: [{ endpoint: 'web', trials: { a: 10, b: 10 }, judgement }],
      ...how,
    },
  };
}

async function titleOf(phase: Phase, targets: ChangeStatus[]): Promise<string | undefined> {
  const status = { phase, pattern: 'checkout', targets } as unknown as RolloutStatus;
  return (await pictureOf({ status: { kind: 'rollout', status } }, recordingLogger()))?.title;
}

describe('the picture that a chat is sent', () => {
  it('is of the target with the worst verdict, once the rollout has ended', async () => {
    const targets = [target('eu', 'passed'), target('us', 'regressed'), target('ap', 'inconclusive')];
    expect(await titleOf(Phase.changing, targets)).toBeUndefined();
    expect(await titleOf(Phase.rolledBack, targets)).toBe('Regressed: checkout on us');
  });

  it('is there when a person is asked whether a change is kept', async () => {
    const asked = target('eu', 'inconclusive', { asks: true });
    expect(await titleOf(Phase.stopped, [asked])).toBe('Inconclusive: checkout on eu');
  });

  it('is none where nothing was judged', async () => {
    const { gate, ...unmeasured } = target('eu', 'passed');
    expect(gate).toBeDefined();
    expect(await titleOf(Phase.succeeded, [unmeasured])).toBeUndefined();
    expect(await titleOf(Phase.succeeded, [])).toBeUndefined();
  });
});
