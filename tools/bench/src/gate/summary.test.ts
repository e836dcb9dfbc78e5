import type { BaselineStatus, TrialRecord, Verdict } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import type { ComparisonReport } from '../measuring/shares.ts';
import { casesOf, comparisonReport, sharesOf } from './summary.ts';
import { noChange, slowdowns } from './ways.ts';

const levels = [noChange, ...slowdowns];

function comparison(level: string, verdict: Verdict, ratio?: number): ComparisonReport {
  const metric = { name: 'p50', verdict, reason: 'r', blocks: 7, ...(ratio === undefined ? {} : { ratio }) };
  return {
    place: 1,
    level,
    startedAt: '2026-01-01T00:00:00.000Z',
    milliseconds: 20_000,
    judgement: { id: 'x', verdict, reason: 'r', metrics: [metric] },
    blocks: [],
    trials: 14,
  };
}

describe('the shares of a run', () => {
  const comparisons = [
    ...new Array<ComparisonReport>(39).fill(comparison('no change', 'passed')),
    comparison('no change', 'regressed'),
    ...new Array<ComparisonReport>(5).fill(comparison('+10 %', 'regressed')),
    comparison('+10 %', 'inconclusive'),
    comparison('+10 %', 'passed'),
  ];
  const shares = new Map(sharesOf(levels, comparisons).map((share) => [share.name, share]));

  it('count regressed ones of no change as taken back, with the goal of the method', () => {
    expect(shares.get('no change: taken back')).toMatchObject({
      hits: 1,
      tries: 40,
      share: 0.025,
      goal: { atMost: 0.025 },
      simulated: 0.019,
    });
  });

  it('count those of a slowdown as found, beside the inconclusive and the passed ones', () => {
    expect(shares.get('+10 %: found')).toMatchObject({ hits: 5, tries: 7, goal: { atLeast: 0.8 } });
    expect(shares.get('+10 %: inconclusive')).toMatchObject({ hits: 1, tries: 7 });
    expect(shares.get('+10 %: passed')).toMatchObject({ hits: 1, tries: 7 });
  });

  it('say of a level that did not run that nothing is known', () => {
    expect(shares.get('+50 %: found')).toMatchObject({ tries: 0, interval: { low: 0, high: 1 } });
  });
});

describe('the cases of a run', () => {
  it('have the levels that ran, and leave out a ratio that could not be had', () => {
    const comparisons = [
      comparison('no change', 'passed', 1.01),
      comparison('no change', 'passed', 0.99),
      comparison('no change', 'inconclusive'),
    ];
    const [ratios, blocks] = casesOf(levels, comparisons);
    expect(ratios?.arms.map(({ name, count, median }) => [name, count, median])).toEqual([
      ['no change', 2, 1],
    ]);
    expect(blocks?.arms.map(({ count }) => count)).toEqual([3]);
  });
});

describe('what is kept of a comparison', () => {
  const trial: TrialRecord = {
    generator: { id: 'fortio', version: '1' },
    startedAt: 0,
    invalid: [],
    requests: 200,
    achievedRate: 200,
    errors: { 'status 503': 2, timeout: 1 },
    measured: { p50: 20 },
    latency: 'HISTF',
  };
  const place = { place: 1, level: 'no change', startedAt: '2026-01-01T00:00:00.000Z' };
  const status = (more: object): BaselineStatus => ({
    name: 'bench-1',
    contrast: 'D1',
    metrics: [],
    blocks: [{ order: ['a', 'b'], a: trial, b: trial }],
    ...more,
  });

  it('is the judgement and the figures of every trial', () => {
    const { judgement } = comparison('no change', 'passed');
    const measured = { status: status({ judgement }), runId: 'r', milliseconds: 3.4, trials: 3 };
    expect(comparisonReport(measured, place)).toEqual({
      ...place,
      milliseconds: 3,
      trials: 3,
      judgement,
      blocks: [
        {
          a: { measured: { p50: 20 }, requests: 200, errors: 3, invalid: [] },
          b: { measured: { p50: 20 }, requests: 200, errors: 3, invalid: [] },
        },
      ],
    });
  });

  it('is not without a verdict', () => {
    const measured = { status: status({}), runId: 'r', milliseconds: 3, trials: 2 };
    expect(() => comparisonReport(measured, place)).toThrow('without a verdict');
  });
});
