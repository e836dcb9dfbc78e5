import { LatencyClock, type LoadResult } from '@meshwright/model';
import { readResultOf, shortfall } from '@meshwright/plugin-sdk';
import { parseReport, type Report } from './report.ts';

/** What wrk2 does not print. */
interface Circumstances {
  version: string;
  startedAt: number;
  rate: number;
}

/**
 * Reads what wrk2 printed. It prints neither when it was run nor at which rate it was to send, so that nobody can say whether
 * it kept to it: such a result is not valid.
 * @throws MeshwrightError INVALID_INPUT when it is none.
 */
export function readResult(text: string): LoadResult {
  return {
    ...resultOf(text, { version: 'unknown', startedAt: 0, rate: Number.NaN }),
    invalid: ['wrk2 does not print at which rate it was to send.'],
  };
}

/**
 * The result of a run whose circumstances are known. Requests and errors are those of the whole run with its warm-up, latencies
 * those since wrk2 had calibrated itself: it forgets the earlier ones. A request that waits is counted as timed out at every look,
 * which is every two seconds.
 * @throws MeshwrightError INVALID_INPUT when the text is no output of wrk2.
 */
export function resultOf(text: string, { version, startedAt, rate }: Circumstances): LoadResult {
  const remedy = 'Give what `wrk --latency` printed; other programs called wrk print no such percentiles.';
  const report = readResultOf('wrk2', remedy, () => parseReport(text));
  const { latency, uncorrected, connect, read, write, timeout } = report;
  return {
    generator: { id: 'wrk2', version },
    startedAt,
    seconds: report.seconds,
    requestedRate: rate,
    achievedRate: report.rate,
    // It counts answers, and what got none beside them.
    requests: report.requests + connect + read + write + timeout,
    errors: errorsOf(report),
    clock: LatencyClock.intended,
    latency,
    ...(uncorrected === undefined ? {} : { service: uncorrected }),
    invalid: shortfall(rate, report.rate),
  };
}

function errorsOf({ connect, read, write, timeout, status }: Report): Record<string, number> {
  const all = { connection: connect + read + write, timeout, 'status 400 or more': status };
  return Object.fromEntries(Object.entries(all).filter(([, times]) => times > 0));
}
