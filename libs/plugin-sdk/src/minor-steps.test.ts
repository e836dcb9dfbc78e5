import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minorsBetween } from './minor-steps.ts';

const minor = fc.nat(60);

it.each([
  [30, 30, 1, []],
  [30, 31, 1, []],
  [29, 31, 1, ['1.30.x']],
  [27, 31, 2, ['1.29.x']],
  [31, 28, 1, ['1.30.x', '1.29.x']],
])('stops on the way from 1.%i to 1.%i by %i at %j', (from, to, reach, stops) => {
  expect(minorsBetween({ major: 1, minor: from }, { major: 1, minor: to }, reach)).toEqual(stops);
});

it('knows no way between major versions', () => {
  expect(minorsBetween({ major: 1, minor: 31 }, { major: 2, minor: 31 }, 1)).toBeUndefined();
});

it('never crosses more than the reach, and stops no more often than it must', () => {
  fc.assert(
    fc.property(minor, minor, fc.integer({ min: 1, max: 3 }), (from, to, reach) => {
      const stops = minorsBetween({ major: 1, minor: from }, { major: 1, minor: to }, reach) ?? [];
      const way = [from, ...stops.map((stop) => Number(stop.split('.')[1])), to];
      for (const [index, stop] of way.slice(1).entries()) {
        expect(Math.abs(stop - (way[index] ?? 0))).toBeLessThanOrEqual(reach);
      }
      expect(stops).toHaveLength(Math.max(0, Math.ceil(Math.abs(to - from) / reach) - 1));
    }),
  );
});
