import { LatencyClock, type LoadResult } from '@meshwright/model';
import { readResultOf, shortfall } from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { histogramOfPercentiles } from './percentiles.ts';

const count = z.int().nonnegative();
/** Milliseconds, of which nothing that a trial measures takes more than a day, or their count. */
const trendValue = z.number().nonnegative().max(86_400_000);

/** What the script says at its end. */
const summary = z.object({
  version: z.string(),
  startedAt: z.number().nonnegative(),
  rate: z.number().positive(),
  seconds: z.number().positive(),
  sent: count,
  dropped: count,
  otherProtocol: count,
  failed: z.record(z.string(), count),
  latency: z.record(z.string(), trendValue),
});
type Summary = z.output<typeof summary>;

/**
 * Reads what the script of a trial says at its end. Summaries of other scripts do not tell at which rate they were to send,
 * and are none.
 * @throws MeshwrightError INVALID_INPUT when it is none.
 */
export function readResult(text: string): LoadResult {
  const remedy = "Give what k6 printed for this plugin's script.";
  return readResultOf('k6', remedy, () => resultOf(summary.parse(JSON.parse(text))));
}

function resultOf(read: Summary): LoadResult {
  const achievedRate = read.sent / read.seconds;
  return {
    generator: { id: 'k6', version: read.version },
    startedAt: Math.round(read.startedAt),
    seconds: read.seconds,
    requestedRate: read.rate,
    achievedRate,
    requests: read.sent,
    errors: Object.fromEntries(
      Object.entries(read.failed).map(([failure, times]) => [nameOf(failure), times]),
    ),
    clock: LatencyClock.sent,
    latency: histogramOfPercentiles(read.latency),
    invalid: [...problemsOf(read), ...shortfall(read.rate, achievedRate)],
  };
}

/** Names of metrics have no spaces and no hyphens: `grpc_status_14`. */
function nameOf(failure: string): string {
  return failure.replace(/^grpc_/, 'grpc-').replaceAll('_', ' ');
}

function problemsOf({ dropped, otherProtocol }: Summary): string[] {
  const problems: string[] = [];
  if (dropped > 0) problems.push(`k6 left out ${dropped} requests: no connection was free.`);
  if (otherProtocol > 0) problems.push(`${otherProtocol} answers came by another protocol than HTTP/1.1.`);
  return problems;
}
