import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { LatencyClock, type LoadRequest, type LoadResult, MeshwrightError } from '@meshwright/model';
import { now } from './clock.ts';
import { generator } from './generator.ts';
import { scheduleOf } from './schedule.ts';
import { createSender } from './senders/index.ts';
import type { Sender } from './senders/sender.ts';
import { createTally, histogramsOf, type Tally } from './tally.ts';
import type { TickerData } from './ticker.ts';
import { problemsOf } from './validity.ts';

/** Until the ticker's thread runs. */
const leadMilliseconds = 150;

/**
 * Runs a trial in this thread, whose event loop should have nothing else to do.
 * @throws MeshwrightError LOAD_UNREACHED when no connection can be made.
 */
export async function runTrial(request: LoadRequest): Promise<LoadResult> {
  const sender = createSender(request);
  try {
    await open(sender, request);
    return await load(sender, request);
  } finally {
    sender.close();
  }
}

async function open(sender: Sender, { endpoint }: LoadRequest): Promise<void> {
  const first = await sender.open();
  if (!first.every(({ lost }) => lost === true)) return;
  throw new MeshwrightError('LOAD_UNREACHED', `No connection to ${endpoint.address} could be made.`, {
    remedy: 'See whether the address is right and something listens there.',
  });
}

async function load(sender: Sender, request: LoadRequest): Promise<LoadResult> {
  const { rate, warmUpSeconds, seconds } = request;
  const times = scheduleOf({ ...request, seconds: warmUpSeconds + seconds });
  const startedAt = Date.now();
  const begun = now() + leadMilliseconds;
  const measuredFrom = begun + warmUpSeconds * 1_000;
  const { tally, used } = await sendAll(sender, request, { times, begun, measuredFrom });
  const requests = tally.requests();
  const sent = tally.sentBefore(measuredFrom + seconds * 1_000);
  return {
    generator,
    startedAt,
    seconds,
    requestedRate: rate,
    achievedRate: sent / seconds,
    requests,
    errors: tally.errors(),
    clock: LatencyClock.intended,
    ...histogramsOf(tally),
    bytesReceived: tally.bytes(),
    invalid: problemsOf({
      scheduled: requests,
      sent,
      lagP99: tally.sendLag.percentile(99),
      medianLatency: tally.latency.percentile(50),
      used,
    }),
  };
}

interface Schedule {
  times: Float64Array;
  begun: number;
  measuredFrom: number;
}

/** Sends everything at its time and waits for the answers, for the last ones as long as one request may take. */
async function sendAll(
  sender: Sender,
  { timeoutSeconds }: LoadRequest,
  { times, begun, measuredFrom }: Schedule,
): Promise<{ tally: Tally; used: number }> {
  const tally = createTally();
  const pending = new Set<number>();
  const exchanges: Promise<void>[] = [];
  let busySince: EventLoopUtilization | undefined;
  const exchange = async (intended: number): Promise<void> => {
    if (intended >= measuredFrom) {
      busySince ??= performance.eventLoopUtilization();
      tally.dispatched(now() - intended);
      pending.add(intended);
    }
    const outcome = await sender.send();
    if (pending.delete(intended)) tally.ended(intended, now(), outcome);
  };
  let next = 0;
  await untilAllDue({ times, begun }, (upTo) => {
    for (; next <= upTo; next += 1) exchanges.push(exchange(begun + (times[next] ?? 0)));
  });
  const used = performance.eventLoopUtilization(busySince).utilization;
  await Promise.race([Promise.all(exchanges), delay(timeoutSeconds * 1_000, undefined, { ref: false })]);
  for (const intended of pending) tally.unanswered(intended, now());
  pending.clear();
  return { tally, used };
}

/** Says each time up to which place requests are due, until all are. */
async function untilAllDue(
  { times, begun }: Pick<TickerData, 'times' | 'begun'>,
  due: (upTo: number) => void,
): Promise<void> {
  if (times.length === 0) return;
  const { port1, port2 } = new MessageChannel();
  const workerData: TickerData = { times, begun, port: port2 };
  const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { workerData, transferList: [port2] });
  await new Promise<void>((resolve, reject) => {
    ticker.once('error', reject);
    port1.on('message', (upTo: number) => {
      due(upTo);
      if (upTo === times.length - 1) resolve();
    });
  });
  port1.close();
}
