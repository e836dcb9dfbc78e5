import { type BaselineStatus, Contrast, type TrialRecord, Verdict } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { nextBlock } from './baseline.ts';

const input = { looks: [7], seed: 1 };

function trial(p99: number, errors = 0): TrialRecord {
  return {
    generator: { id: 'builtin', version: '1' },
    startedAt: 0,
    invalid: [],
    requests: 3_000,
    achievedRate: 150,
    errors: errors === 0 ? {} : { 'status 503': errors },
    measured: { p99 },
    latency: '',
  };
}

function status(blocks: BaselineStatus['blocks'], contrast: Contrast): BaselineStatus {
  return { name: 'x', contrast, metrics: [{ name: 'p99', unit: 'ms' }], blocks };
}

describe('a baseline', () => {
  it('has regressed at once when requests fail that did not before', () => {
    const block = { order: ['a', 'b'] as const, a: trial(20), b: trial(20, 300) };
    const step = nextBlock(input, status([block], Contrast.concurrent));
    expect(step).toMatchObject({ kind: 'done', judgement: { verdict: Verdict.regressed } });
    expect(step.kind === 'done' && step.judgement.reason).toContain('10.00 % of the requests failed');
  });

  it('goes on while errors are as frequent as before, or more frequent by less than the margin', () => {
    const block = { order: ['a', 'b'] as const, a: trial(20, 30), b: trial(20, 40) };
    expect(nextBlock(input, status([block], Contrast.concurrent)).kind).toBe('block');
  });

  it('takes away what its control saw', () => {
    const noise = [1.01, 0.99, 1.02, 1, 0.98, 1.01, 1];
    const drifted = noise.map((factor) => ({
      order: ['a', 'b'] as const,
      a: trial(20),
      b: trial(30 * factor),
      controlA: trial(2),
      controlB: trial(3),
    }));
    const controlled = nextBlock(input, status(drifted, Contrast.controlled));
    expect(controlled).toMatchObject({ kind: 'done', judgement: { verdict: Verdict.passed } });
    const alone = nextBlock(input, status(drifted, Contrast.advisory));
    expect(alone).toMatchObject({ kind: 'done', judgement: { verdict: Verdict.regressed } });
  });
});
