import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramOfSpectrum, readResultOf } from './load-results.ts';

describe('the histogram behind a spectrum', () => {
  it('has the differences of the running counts', () => {
    const points = [
      { microseconds: 100, cumulative: 1 },
      { microseconds: 900.4, cumulative: 10 },
      { microseconds: 900.4, cumulative: 12 },
      { microseconds: 1_500, cumulative: 12 },
      { microseconds: 2_000, cumulative: 20 },
    ];
    expect(histogramOfSpectrum(points).buckets).toEqual([
      { upTo: 100, count: 1 },
      { upTo: 900, count: 11 },
      { upTo: 2_000, count: 8 },
    ]);
  });

  it('holds every measurement once, in ascending buckets', () => {
    const steps = fc.array(
      fc.record({ wider: fc.double({ min: 0, max: 1e6, noNaN: true }), more: fc.nat(1_000) }),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        let microseconds = 0;
        let cumulative = 0;
        const points = all.map(({ wider, more }) => ({
          microseconds: (microseconds += wider),
          cumulative: (cumulative += more),
        }));
        const { buckets } = histogramOfSpectrum(points);
        expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(cumulative);
        for (const [place, { upTo, count }] of buckets.entries()) {
          expect(count).toBeGreaterThan(0);
          expect(upTo).toBeGreaterThan(buckets[place - 1]?.upTo ?? -1);
        }
      }),
    );
  });

  it('is none where values or counts fall', () => {
    const low = { microseconds: 1, cumulative: 1 };
    const high = { microseconds: 2, cumulative: 2 };
    expect(() => histogramOfSpectrum([high, { ...low, cumulative: 3 }])).toThrow();
    expect(() => histogramOfSpectrum([high, { ...low, microseconds: 3 }])).toThrow();
  });
});

it('says that a text is no result, whatever reading it throws', () => {
  const read = (): never => {
    throw new RangeError('deep inside');
  };
  expect(() => readResultOf('Tool', 'Give another.', read)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', message: 'This is no result of Tool.' }) as Error,
  );
});
