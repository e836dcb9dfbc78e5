import { describe, expect, it } from 'vitest';
import type { Repetition } from './arms.ts';
import { caseReport, type Question } from './report.ts';
import { shareReport } from './shares.ts';
import { quantity, renderReport } from './table.ts';

const arms = [
  { name: 'theirs', description: 'as it is done today' },
  { name: 'ours', description: 'as we do it' },
];

/** Pairs of one repetition each: what ours took, for theirs taking 100. */
function repetitions(ours: readonly number[]): Repetition[] {
  return ours.flatMap((value, index) => {
    const common = { repetition: index + 1, startedAt: '2026-01-01T00:00:00.000Z' };
    return [
      { ...common, arm: 'theirs', place: 1, value: 100 },
      { ...common, arm: 'ours', place: 2, value },
    ];
  });
}

const question: Question = { name: 'work', unit: 'ms', reference: 'theirs', ratioGoals: { ours: 0.5 } };

describe('the report of a case', () => {
  it.each([
    { ours: [38, 39, 40, 41, 42], judgement: 'met' },
    { ours: [78, 79, 80, 81, 82], judgement: 'missed' },
    { ours: [30, 40, 50, 60, 70], judgement: 'open' },
    { ours: [10, 10, 10, 10], judgement: 'open' },
  ])('calls a ratio goal $judgement by the whole interval', ({ ours, judgement }) => {
    const [ratio] = caseReport(question, arms, repetitions(ours)).ratios;
    expect(ratio).toMatchObject({ arm: 'ours', reference: 'theirs', goal: 0.5, judgement });
    expect(ratio?.pairs).toBe(ours.length);
  });

  it('leaves out the pair of which one half is missing', () => {
    const all = repetitions([40, 40, 40, 40, 40, 40]).slice(1);
    expect(caseReport(question, arms, all).ratios[0]?.pairs).toBe(5);
  });

  it('judges limits by the statistic they name', () => {
    const limits = [
      { arm: 'ours', statistic: 'median', goal: 3 },
      { arm: 'ours', statistic: 'p95', goal: 3 },
      { arm: 'ours', statistic: 'p99', goal: 3 },
      { arm: 'ours', statistic: 'max', goal: 3 },
    ] as const;
    const values = [...new Array<number>(19).fill(1), 9];
    const { limits: judged } = caseReport({ name: 'n', unit: 'ms', limits }, arms, repetitions(values));
    expect(judged.map(({ value, judgement }) => [value, judgement])).toEqual([
      [1, 'met'],
      [1, 'met'],
      [9, 'missed'],
      [9, 'missed'],
    ]);
  });

  it('claims nothing about an arm that did not run', () => {
    const limits = [{ arm: 'ours', statistic: 'max', goal: 3 }] as const;
    expect(caseReport({ name: 'n', unit: 'ms', limits }, arms, []).limits).toEqual([]);
  });
});

describe('the table', () => {
  const report = {
    benchmark: 'work',
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 1.4,
    quick: false,
    machine: { processor: 'P', cores: 2, memoryGiB: 4, system: 'S', load: 0.1, used: 0.01 },
    versions: { node: 'v24' },
    notes: ['A note.'],
    cases: [caseReport(question, arms, repetitions([38, 39, 40, 41, 42]))],
  };

  it('has a line for each arm with its ratio and goal', () => {
    const text = renderReport(report);
    expect(text).toMatch(/^ {2}theirs +100 ms +100 ms to 100 ms +100 ms +5$/m);
    expect(text).toMatch(/^ {2}ours +40\.0 ms .* 0\.40 \(0\.38 to 0\.42\) +at most 0\.5: met$/m);
    expect(text).not.toContain('BUSY');
  });

  it('has a line for each share with its interval, its simulation and its goal', () => {
    const question = { name: 'taken back', goal: { atMost: 0.025 }, simulated: 0.019 };
    const shares = [shareReport(question, 0, 40), shareReport({ name: 'passed' }, 40, 40)];
    const text = renderReport({ ...report, shares });
    expect(text).toMatch(/^ {2}taken back +0 of 40 +0 % +0 % to 8\.8 % +1\.9 % +at most 2\.5 %: open$/m);
    expect(text).toMatch(/^ {2}passed +40 of 40 +100 % +91\.2 % to 100 %$/m);
  });

  it('says when others used the machine, and when there were too few repetitions', () => {
    const busy = { ...report, quick: true, machine: { ...report.machine, used: 0.65 } };
    expect(renderReport(busy)).toContain('BUSY: others used 65 %');
    expect(renderReport(busy)).toContain('quick');
  });

  it('writes values with three figures and a unit', () => {
    expect([0.123, 12.34, 345.6].map((value) => quantity(value, 'ms'))).toEqual([
      '0.12 ms',
      '12.3 ms',
      '346 ms',
    ]);
    expect(quantity(1.0666, 'ratio')).toBe('1.067');
    expect([quantity(12_345, 'ms'), quantity(380.4, 'MiB'), quantity(0, 'count')]).toEqual([
      '12.3 s',
      '380 MiB',
      '0',
    ]);
  });
});
