import { type Histogram, LatencyClock, type LoadResult } from '@meshwright/model';
import { readResultOf, shortfall } from '@meshwright/plugin-sdk';
import { mergeHistograms } from '@meshwright/statistics';
import { z } from 'zod';

/** A day; nothing that a trial measures lasts longer. */
const mostSeconds = 86_400;
const count = z.int().nonnegative();

/** The parts of Fortio's JSON that are read (fortio.org/fortio, periodic.RunnerResults and stats.HistogramData). */
const histogram = z.object({
  Count: count,
  Data: z.array(z.object({ End: z.number().nonnegative().max(mostSeconds), Count: count })).nullable(),
});
const runResult = z.object({
  StartTime: z.iso.datetime({ offset: true }),
  RequestedQPS: z.string(),
  RequestedDuration: z.string(),
  ActualDuration: z.number().nonnegative(),
  Version: z.string().optional(),
  DurationHistogram: histogram,
  RetCodes: z.record(z.string(), count),
});

const nanosecondsPerSecond = 1e9;
const microsecondsPerSecond = 1e6;
/** What Fortio calls a good answer: HTTP statuses, the health service's status, and an echo over TCP. */
const good = /^(2\d\d|3\d\d|SERVING|1|OK)$/;
const names: Readonly<Record<string, string>> = { '-1': 'connection' };

/**
 * Reads a result of Fortio.
 * @throws MeshwrightError INVALID_INPUT when it is none.
 */
export function readResult(text: string): LoadResult {
  const remedy = 'Give the file that `fortio load -json <file>` writes.';
  const read = readResultOf('Fortio', remedy, () => runResult.parse(JSON.parse(text)));
  const requestedRate = Number(read.RequestedQPS);
  const seconds = secondsOf(read.RequestedDuration) ?? read.ActualDuration / nanosecondsPerSecond;
  const achievedRate = read.DurationHistogram.Count / seconds;
  const failed = Object.entries(read.RetCodes).filter(([code]) => !good.test(code));
  return {
    generator: { id: 'fortio', version: read.Version ?? 'unknown' },
    startedAt: Date.parse(read.StartTime),
    seconds,
    requestedRate,
    achievedRate,
    requests: read.DurationHistogram.Count,
    errors: Object.fromEntries(failed.map(([code, times]) => [names[code] ?? `status ${code}`, times])),
    clock: LatencyClock.sent,
    latency: histogramOf(read.DurationHistogram),
    invalid: problemsOf(requestedRate, achievedRate),
  };
}

function histogramOf({ Data }: z.output<typeof histogram>): Histogram {
  const buckets = (Data ?? []).map(({ End, Count }) => ({
    upTo: Math.round(End * microsecondsPerSecond),
    count: Count,
  }));
  return mergeHistograms([{ buckets }]);
}

const inSeconds: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1, ms: 0.001 };

/**
 * A duration as Go prints it, such as `1m30.5s`. What was asked for is the measure of what was sent: Fortio's own rate also
 * counts the time in which the last answers came, and so misses the rate of a short run by some percent.
 */
function secondsOf(duration: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(duration)) return undefined;
  let seconds = 0;
  for (const { groups } of duration.matchAll(/(?<amount>[\d.]+)(?<unit>h|ms|m|s)/g)) {
    seconds += Number(groups?.amount) * (inSeconds[groups?.unit ?? ''] ?? 0);
  }
  return seconds > 0 ? seconds : undefined;
}

/** A run at the greatest rate asks for none. */
function problemsOf(requested: number, achieved: number): string[] {
  if (Number.isFinite(requested)) return shortfall(requested, achieved);
  return ['It was run at the greatest rate instead of at a fixed one.'];
}
