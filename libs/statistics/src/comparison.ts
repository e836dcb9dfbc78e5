import type { Contrast, Histogram, Limit, Metric } from '@meshwright/model';

/** What was measured of one trial: a figure, or all measurements of it. */
export type Measurement = number | Histogram;

/** One run of load. */
export interface Trial {
  /** False where the load was not what was asked for: such a trial is never judged. */
  valid: boolean;
  /** By the name of the metric. */
  measured: Readonly<Record<string, Measurement>>;
}

/** Trials of both arms close in time. */
export interface Block {
  a: Trial;
  b: Trial;
  /** Trials of a probe that the change does not touch, in the windows of `a` and of `b`. */
  controlA?: Trial;
  controlB?: Trial;
}

/** Two arms and what is to be judged of them. */
export interface Comparison {
  id: string;
  contrast: Contrast;
  metrics: readonly Metric[];
  blocks: readonly Block[];
}

const percentile = /^p(?<percent>\d{1,2}(?:\.\d+)?)$/;
const inMilliseconds: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3 };
const usualLimit = { body: 0.05, tail: 0.1 };
const latencyMilliseconds = 0.5;

/** The share of measurements that a percentile's name stands for: 0.99 for `p99`. Undefined for other names. */
export function shareOf(name: string): number | undefined {
  const percent = percentile.exec(name)?.groups?.percent;
  // Not by dividing: 99.9 / 100 is a little above 0.999.
  return percent === undefined ? undefined : Number(`${percent}e-2`);
}

/**
 * The limit of a metric with what it leaves out: 5 % for percentiles below p90, 10 % for others, and for times at least
 * half a millisecond.
 */
export function limitOf({ name, unit = '', limit = {} }: Metric): Limit {
  const isBody = (shareOf(name) ?? 1) < 0.9;
  const milliseconds = inMilliseconds[unit];
  return {
    relative: limit.relative ?? (isBody ? usualLimit.body : usualLimit.tail),
    absolute: limit.absolute ?? (milliseconds === undefined ? 0 : latencyMilliseconds / milliseconds),
  };
}
