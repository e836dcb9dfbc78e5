import type { UsageSample } from './node-usage.ts';

/** From when to when, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** What was used while a load went on. */
export interface UsageRate {
  /** Milliseconds of processor time in each second. */
  millicores: number;
  /** Bytes in use at the last look. */
  memory: number;
}

/** Less of a span than this does not speak for it. */
const leastShare = 1 / 3;

/**
 * What was used in a second of a span: the counter's growth between the first and the last sample within it. Undefined
 * where these cover less than a third of it, or the counter began anew.
 *
 * Nothing is carried over the span's ends: from a sample before a load to one within it the counter grows by an unknown
 * share of idling, and to interpolate there understates what 20 s of load take by up to a quarter when samples are 10 s
 * apart. So for a load at a fixed rate the error is what the usage itself varies between the samples and the rest of the
 * span: exact where it is even, and for one that is off by a share v in the part that is not covered (two thirds at most)
 * no more than 2 v / 3.
 */
export function usageRate(samples: readonly UsageSample[], { from, to }: Span): UsageRate | undefined {
  const within = samples.filter(({ at }) => at >= from && at <= to).sort((x, y) => x.at - y.at);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const covered = last.at - first.at;
  const used = last.cpuSeconds - first.cpuSeconds;
  if (covered <= 0 || covered < leastShare * (to - from) || used < 0) return undefined;
  // Seconds over milliseconds, as thousandths of a core.
  return { millicores: (used * 1e6) / covered, memory: last.memory };
}
