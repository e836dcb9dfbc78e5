import { type Histogram, LatencyClock, type LoadResult } from '@meshwright/model';
import { readResultOf, shortfall } from '@meshwright/plugin-sdk';
import { mergeHistograms } from '@meshwright/statistics';
import { z } from 'zod';

/** A day; nothing that a trial measures lasts longer. */
const mostSeconds = 86_400;
const count = z.int().nonnegative();
const time = z.number().nonnegative().max(mostSeconds);

/** The parts of Fortio's JSON that are read (fortio.org/fortio, periodic.RunnerResults and stats.HistogramData). */
const histogram = z.object({
  Count: count,
  Data: z.array(z.object({ Start: time, End: time, Count: count })).nullable(),
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

/** Into so many equal parts a bucket is divided. */
const parts = 25;

/**
 * What a bucket holds lies between its bounds, nobody knows where: evenly, as Fortio takes it for its own percentiles
 * (stats.CalcPercentile). At its upper bound alone, whatever happens within a bucket of a quarter would be no change.
 */
function histogramOf({ Data }: z.output<typeof histogram>): Histogram {
  const buckets = (Data ?? []).flatMap(({ Start, End, Count }) => {
    const width = Math.max(0, End - Start);
    const bins = width === 0 ? 1 : Math.min(parts, Count);
    return Array.from({ length: bins }, (_, place) => ({
      upTo: Math.round((End - width + (width * (place + 1)) / bins) * microsecondsPerSecond),
      count: Math.floor((Count * (place + 1)) / bins) - Math.floor((Count * place) / bins),
    }));
  });
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

/** Several runs, one after the other, as one trial. */
export function together(runs: readonly [LoadResult, ...LoadResult[]]): LoadResult {
  const [first] = runs;
  const sum = (figure: (run: LoadResult) => number): number =>
    runs.reduce((total, run) => total + figure(run), 0);
  const [seconds, requests] = [sum((run) => run.seconds), sum((run) => run.requests)];
  const errors: Record<string, number> = {};
  for (const [what, times] of runs.flatMap((run) => Object.entries(run.errors))) {
    errors[what] = (errors[what] ?? 0) + times;
  }
  return {
    ...first,
    seconds,
    requests,
    achievedRate: requests / seconds,
    errors,
    latency: mergeHistograms(runs.map(({ latency }) => latency)),
    invalid: problemsOf(first.requestedRate, requests / seconds),
  };
}
