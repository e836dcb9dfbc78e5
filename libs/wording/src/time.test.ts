import { expect, it } from 'vitest';
import { formatAge, formatDuration, formatTime } from './time.ts';

it('shows the two largest units of a span', () => {
  expect(formatDuration(400)).toBe('0s');
  expect(formatDuration(59_999)).toBe('59s');
  expect(formatDuration(192_000)).toBe('3m 12s');
  expect(formatDuration(3_600_000)).toBe('1h');
  expect(formatDuration(3_605_000)).toBe('1h');
  expect(formatDuration(187_200_000)).toBe('2d 4h');
  expect(formatDuration(-5)).toBe('0s');
});

it('shows moments in UTC and ages from a given now', () => {
  expect(formatTime(0)).toBe('1970-01-01 00:00:00 UTC');
  expect(formatAge(0, 61_000)).toBe('1m 1s ago');
});
