import { describe, expect, it } from 'vitest';
import { shareReport } from './shares.ts';

describe('a share', () => {
  it('has the exact interval of Clopper and Pearson', () => {
    const { share, interval } = shareReport({ name: 'taken back' }, 2, 40);
    expect(share).toBe(0.05);
    // scipy.stats.binomtest(2, 40).proportion_ci(method='exact')
    expect(interval.low).toBeCloseTo(0.00611, 4);
    expect(interval.high).toBeCloseTo(0.1692, 4);
  });

  it.each([
    { goal: { atMost: 0.1 }, hits: 0, tries: 40, judgement: 'met' },
    { goal: { atMost: 0.025 }, hits: 0, tries: 40, judgement: 'open' },
    { goal: { atMost: 0.025 }, hits: 10, tries: 40, judgement: 'missed' },
    { goal: { atLeast: 0.8 }, hits: 20, tries: 20, judgement: 'met' },
    { goal: { atLeast: 0.8 }, hits: 7, tries: 7, judgement: 'open' },
    { goal: { atLeast: 0.8 }, hits: 2, tries: 7, judgement: 'missed' },
    { goal: { atLeast: 0.8 }, hits: 0, tries: 0, judgement: 'open' },
  ])('is $judgement by the whole interval: $hits of $tries, $goal', ({ goal, hits, tries, judgement }) => {
    expect(shareReport({ name: 'n', goal }, hits, tries).judgement).toBe(judgement);
  });

  it('is not judged without a goal', () => {
    expect(shareReport({ name: 'n' }, 1, 2)).not.toHaveProperty('judgement');
  });
});
