import type { Histogram } from '@meshwright/model';
import { histogramOfSpectrum } from '@meshwright/plugin-sdk';

const microsecondsPerMillisecond = 1_000;

/** Every percent, above p99 every tenth of one, and the ends that percentiles of long trials need. */
const percents = [
  ...Array.from({ length: 99 }, (_, place) => place + 1),
  ...Array.from({ length: 9 }, (_, place) => (991 + place) / 10),
  99.99,
  100,
];

/** What k6 is asked to say of a trend (its option `summaryTrendStats`). */
export const trendStatistics: readonly string[] = ['count', ...percents.map(nameOf)];

/**
 * The histogram behind k6's percentiles, which are in milliseconds. The percentiles themselves are as exact as k6's, which keeps
 * every measurement and interpolates between two of them; what lies between two percentiles counts with the upper one,
 * so no request is further from its place than a percent of all of them, above p99 a tenth of one.
 * @throws Error when a percentile is missing, or they fall.
 */
export function histogramOfPercentiles(values: Readonly<Record<string, number>>): Histogram {
  const { count = 0 } = values;
  if (count === 0) return { buckets: [] };
  return histogramOfSpectrum(
    percents.map((percent) => {
      const value = values[nameOf(percent)];
      if (value === undefined) throw new Error(`p(${percent}) is missing.`);
      return {
        microseconds: value * microsecondsPerMillisecond,
        // Shares of hundreds are a hair off in binary.
        cumulative: Math.ceil((percent * count) / 100 - 1e-9),
      };
    }),
  );
}

function nameOf(percent: number): string {
  return `p(${percent})`;
}
