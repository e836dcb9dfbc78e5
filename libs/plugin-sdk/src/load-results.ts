import { type Histogram, MeshwrightError } from '@meshwright/model';

/** A point of a percentile spectrum, as HdrHistogram's tools print it. */
export interface SpectrumPoint {
  microseconds: number;
  /** How many measurements are up to and with it. */
  cumulative: number;
}

/**
 * The histogram behind a percentile spectrum: measurements between two points count with the upper one.
 * @throws Error when values or counts fall: it is no spectrum then.
 */
export function histogramOfSpectrum(points: readonly SpectrumPoint[]): Histogram {
  const buckets: { upTo: number; count: number }[] = [];
  let counted = 0;
  let reached = 0;
  for (const { microseconds, cumulative } of points) {
    const upTo = Math.round(microseconds);
    if (upTo < reached || cumulative < counted) throw new Error('The percentiles fall.');
    const count = cumulative - counted;
    const last = buckets.at(-1);
    if (count > 0 && last?.upTo === upTo) last.count += count;
    else if (count > 0) buckets.push({ upTo, count });
    counted = cumulative;
    reached = upTo;
  }
  return { buckets };
}

/**
 * What `read` gives, or the one error for a text that is no result of the tool.
 * @throws MeshwrightError INVALID_INPUT whenever reading throws.
 */
export function readResultOf<Result>(tool: string, remedy: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new MeshwrightError('INVALID_INPUT', `This is no result of ${tool}.`, { remedy }, { cause: error });
  }
}
