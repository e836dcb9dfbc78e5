import { expect, it } from 'vitest';
import { overheadOf } from './overhead.ts';

it.each([
  { milliseconds: 61_200, seconds: 60, trials: 1, overhead: 1_200 },
  { milliseconds: 121_000, seconds: 60, trials: 2, overhead: 500 },
  { milliseconds: 181_500, seconds: 60, trials: 3, overhead: 500 },
])('is what a trial takes beside its load: $trials trials in $milliseconds ms', ({ overhead, ...run }) => {
  expect(overheadOf(run)).toBe(overhead);
});

it('is not known of a run without a trial', () => {
  expect(overheadOf({ milliseconds: 100, seconds: 60, trials: 0 })).toBeNaN();
});
