import { type Histogram, LatencyClock, type LoadResult } from '@meshwright/model';
import { histogramOfSpectrum, readResultOf, shortfall } from '@meshwright/plugin-sdk';
import { type NighthawkOutput, type NighthawkResult, parseOutput } from './output.ts';

const microsecondsPerSecond = 1e6;
/** Of each worker, where it is left out (envoyproxy/nighthawk, source/client/options_impl.h). */
const usualRate = 5;
/** The result of all workers together. */
const global = 'global';

/**
 * Reads a result of Nighthawk. It tells errors by the class of their status only, waits for answers without end, and drops what is
 * under way when the time is over: where not one answer came, all requests count as timed out, otherwise those without an
 * answer do not count.
 * @throws MeshwrightError INVALID_INPUT when it is none.
 */
export function readResult(text: string): LoadResult {
  const remedy = 'Give what `nighthawk_client --output-format json` printed.';
  return readResultOf('Nighthawk', remedy, () => resultOf(parseOutput(text)));
}

function resultOf(output: NighthawkOutput): LoadResult {
  const all = output.results.find(({ name }) => name === global);
  if (all === undefined) throw new Error('The result of all workers is missing.');
  const seconds = all.execution_duration;
  const requestedRate = rateOf(output);
  const requests = requestsOf(all);
  const achievedRate = seconds > 0 ? requests.sent / seconds : 0;
  return {
    generator: { id: 'nighthawk', version: versionOf(output) },
    startedAt: Date.parse(output.timestamp),
    seconds,
    requestedRate,
    achievedRate,
    requests: requests.ended,
    errors: requests.errors,
    clock: LatencyClock.intended,
    // From the release, which the rate alone decides in an open loop; with the time in the queue.
    latency: histogramOf(all, 'sequencer.callback'),
    // From the moment in which a connection took the request.
    service: histogramOf(all, 'benchmark_http_client.request_to_response'),
    sendLag: histogramOf(all, 'benchmark_http_client.queue_to_connect'),
    invalid: [...problemsOf(output, all), ...shortfall(requestedRate, achievedRate)],
  };
}

/** What became of the requests. Counters have prefixes that differ between versions. */
function requestsOf({ counters }: NighthawkResult): {
  sent: number;
  ended: number;
  errors: Record<string, number>;
} {
  const counted = new Map(counters.map(({ name, value }) => [lastPart(name), value]));
  const countOf = (...names: string[]): number =>
    names.reduce((sum, name) => sum + (counted.get(name) ?? 0), 0);
  const sent = countOf('upstream_rq_total');
  const failed = {
    'status 4xx': countOf('http_4xx'),
    'status 5xx': countOf('http_5xx'),
    'status other': countOf('http_xxx'),
    connection: countOf('stream_resets', 'pool_connection_failure'),
  };
  const ended =
    countOf('http_1xx', 'http_2xx', 'http_3xx') + Object.values(failed).reduce((sum, times) => sum + times);
  if (ended === 0 && sent > 0) return { sent, ended: sent, errors: { timeout: sent } };
  return { sent, ended, errors: Object.fromEntries(Object.entries(failed).filter(([, times]) => times > 0)) };
}

/**
 * As dense as Nighthawk's percentiles, which are HdrHistogram's with five points between p50 and p75, five more up to p87.5, and
 * so on: p50 and p90 are exact, and p99 is the point at 0.990625.
 */
function histogramOf({ statistics }: NighthawkResult, name: string): Histogram {
  const found = statistics.find(({ id }) => id === name);
  if (found === undefined) throw new Error(`The statistic ${name} is missing.`);
  return histogramOfSpectrum(
    found.percentiles.map(({ count, duration }) => {
      if (duration === undefined) throw new Error(`The statistic ${name} is none of times.`);
      return { microseconds: duration * microsecondsPerSecond, cumulative: count };
    }),
  );
}

/** Over all workers: each sends at the rate of the options. A single one is only written as `global`. */
function rateOf({ options, results }: NighthawkOutput): number {
  const workers = results.filter(({ name }) => name !== global).length;
  return (options.requests_per_second ?? usualRate) * Math.max(1, workers);
}

function versionOf({ version }: NighthawkOutput): string {
  const release = version?.version;
  if (release === undefined) return 'unknown';
  return `${release.major_number}.${release.minor_number}.${release.patch}`;
}

function problemsOf({ options }: NighthawkOutput, { counters }: NighthawkResult): string[] {
  const problems: string[] = [];
  if (options.open_loop !== true) problems.push('It was run in a closed loop: it waited for the server.');
  const skipped = counters.find(({ name }) => lastPart(name) === 'pool_overflow')?.value ?? 0;
  if (skipped > 0) problems.push(`Nighthawk left out ${skipped} requests: its queue was full.`);
  return problems;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
