import { expect, it } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

it.each([
  ['30s', 30],
  ['1h15m0.5s', 4_500.5],
  ['1.5h', 5_400],
  ['500ms', 0.5],
  ['1m1m', 120],
  ['250µs', 0.00025],
  ['0s', 0],
])('reads %s', (given, seconds) => {
  expect(parseGoDuration(given)).toBe(seconds);
});

it.each(['', '30', '-1s', 's', '1 s', '1d', '1e3s', 'soon', '1s'.repeat(9), `${'9'.repeat(99)}s`])(
  'refuses %j',
  (given) => {
    expect(parseGoDuration(given)).toBeUndefined();
  },
);
