import { expect, it } from 'vitest';
import { formatDuration, formatTime, plural } from './text.ts';

it('shows the two largest units of a span', () => {
  expect(formatDuration(400)).toBe('0s');
  expect(formatDuration(59_999)).toBe('59s');
  expect(formatDuration(192_000)).toBe('3m 12s');
  expect(formatDuration(3_600_000)).toBe('1h');
  expect(formatDuration(3_605_000)).toBe('1h');
  expect(formatDuration(187_200_000)).toBe('2d 4h');
  expect(formatDuration(-5)).toBe('0s');
});

it('shows moments in UTC', () => {
  expect(formatTime(Date.UTC(2026, 2, 1, 14, 5, 9, 7))).toBe('2026-03-01 14:05:09 UTC');
});

it('says one thing in the singular and any other number of things in the plural', () => {
  expect([0, 1, 2].map((count) => plural(count, 'object'))).toEqual(['0 objects', '1 object', '2 objects']);
  expect(plural(1, 'proxy is', 'proxies are')).toBe('1 proxy is');
  expect(plural(3, 'proxy is', 'proxies are')).toBe('3 proxies are');
});
