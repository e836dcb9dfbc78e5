import { expect, it } from 'vitest';
import { formatAge } from './time.ts';

it('shows ages from a given now', () => {
  expect(formatAge(0, 61_000)).toBe('1m 1s ago');
});
