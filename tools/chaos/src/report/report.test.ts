import { describe, expect, it } from 'vitest';
import { isGood, reportOf, type StepResult } from './report.ts';
import { stepLine, summaryOf } from './text.ts';

const conditions = {
  seed: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T01:00:00.000Z',
  grounds: 1,
  cores: 2,
  node: 'v24',
  kubernetes: 'v1.36',
  istio: [],
  evidenceDisk: 'a tmpfs',
};

function step(changes: Partial<StepResult> = {}): StepResult {
  return {
    index: 1,
    fault: 'kill-before-apply',
    operation: 'configure',
    struck: 'PATCH configmaps settings-1',
    phase: 'succeeded',
    recovered: true,
    secondsToRecover: 2,
    checked: 6,
    violations: [],
    repeat: 'npm run chaos -- --seed 1 --step 1',
    ...changes,
  };
}

function unstruck(): StepResult {
  const { struck, ...others } = step();
  expect(struck).toBeDefined();
  return others;
}

describe('a report', () => {
  it('is good when every fault struck, recovered, and broke nothing', () => {
    expect(isGood(reportOf(conditions, [step(), step()]))).toBe(true);
  });

  it.each([
    ['there was no fault at all', []],
    ['a fault never struck', [step(), unstruck()]],
    ['an operation did not recover', [step({ recovered: false })]],
    ['an invariant is broken', [step({ violations: [{ invariant: 2, what: 'an orphan' }] })]],
    ['invariants were not checked', [step({ checked: 5 })]],
  ])('is not when %s', (_, steps) => {
    expect(isGood(reportOf(conditions, steps))).toBe(false);
  });

  it('counts by kind and as a whole, with the median and the longest recovery', () => {
    const steps = [2, 9, 4].map((secondsToRecover) => step({ secondsToRecover }));
    const report = reportOf(conditions, [...steps, step({ fault: 'api-429', secondsToRecover: 1 })]);
    expect(report.totals).toMatchObject({
      faults: 4,
      secondsToRecover: { p50: 2, max: 9 },
      invariantsChecked: 24,
    });
    expect(report.kinds).toMatchObject([
      { fault: 'kill-before-apply', faults: 3, secondsToRecover: { p50: 4, max: 9 } },
      { fault: 'api-429', faults: 1 },
    ]);
    expect(summaryOf(report)).toContain('| **all** | 4 | 4 | 2.0 / 9.0 | 24 | 0 |');
  });

  it('says of what went wrong how to repeat it', () => {
    const line = stepLine(step({ violations: [{ invariant: 2, what: 'an orphan' }] }), 200);
    expect(line).toContain('INVARIANT 2 BROKEN: an orphan');
    expect(line).toContain('again: npm run chaos -- --seed 1 --step 1');
  });
});
