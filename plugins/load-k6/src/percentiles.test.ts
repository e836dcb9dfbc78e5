import { quantileOfHistogram } from '@meshwright/statistics';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { histogramOfPercentiles, trendStatistics } from './percentiles.ts';

/** What k6 says of measurements in milliseconds (metrics/sink.go, TrendSink: it interpolates between two of them). */
function trendOf(milliseconds: readonly number[]): Record<string, number> {
  const sorted = milliseconds.toSorted((left, right) => left - right);
  const values: Record<string, number> = { count: sorted.length };
  for (const name of trendStatistics) {
    const percent = /^p\((.+)\)$/.exec(name)?.[1];
    if (percent === undefined) continue;
    const place = (Number(percent) / 100) * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? 0;
    values[name] = low + (high - low) * (place - Math.floor(place));
  }
  return values;
}

it('gives the percentiles back as k6 gave them, and counts every request once', () => {
  const times = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.9, 0.99, 0.999, 1), (milliseconds, share) => {
      const values = trendOf(milliseconds);
      const histogram = histogramOfPercentiles(values);
      expect(histogram.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(milliseconds.length);
      const told = Math.round((values[`p(${share * 100})`] ?? 0) * 1_000);
      // With few requests, one of them is several percentiles at once, and counts with the lowest.
      expect(quantileOfHistogram(histogram, share)).toBeLessThanOrEqual(told);
      if (milliseconds.length >= 200 && share < 0.999) {
        expect(quantileOfHistogram(histogram, share)).toBe(told);
      }
    }),
  );
});

it('is empty where nothing was measured, and none where percentiles are missing', () => {
  expect(histogramOfPercentiles({})).toEqual({ buckets: [] });
  expect(() => histogramOfPercentiles({ count: 10, 'p(50)': 1 })).toThrow();
});
