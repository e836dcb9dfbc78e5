import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { failureOf, MeshwrightError, TaskQueue } from '@meshwright/model';
import { pollersOf, type QueuePollers, remedyForQueue } from './queues.ts';
import { errorOf } from './update.ts';

/** A worker that is just starting may need this long before it polls. */
const graceMs = 10_000;

/** How a run is waited for. */
export interface RunWait {
  /** The task queue of its activities. */
  activityQueue: string;
  /** What cannot be done without workers, for the error. */
  purpose: string;
  lookEveryMs: number;
  signal: AbortSignal;
  /** Looks after the run, again and again; throws what makes waiting pointless. */
  look: (seen: RunSeen) => Promise<void>;
}

/** What is known of a run that goes on. */
export interface RunSeen {
  waitedMs: number;
  /** A task queue without a worker, of which there may be one in a moment. */
  idle: QueuePollers | undefined;
}

/**
 * Waits for the result of a run, which is cancelled when it is not waited for any longer.
 * @throws MeshwrightError PREREQUISITE_MISSING when a task queue has no worker, what `look` throws, or what the run itself
 *   failed with; the signal's reason on abort.
 */
export async function awaitRun<Result>(
  client: Client,
  handle: WorkflowHandle,
  wait: RunWait,
): Promise<Result> {
  const done = new AbortController();
  const result = resultOf<Result>(handle);
  try {
    return await Promise.race([result, supervise(client, wait, done.signal)]);
  } catch (error) {
    await handle.cancel().catch(() => undefined);
    // It ends as cancelled now, which nobody waits for.
    result.catch(() => undefined);
    throw error;
  } finally {
    done.abort();
  }
}

async function resultOf<Result>(handle: WorkflowHandle): Promise<Result> {
  try {
    return (await handle.result()) as Result;
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw errorOf(failureOf(error));
    throw error;
  }
}

/** Ends only by throwing what makes waiting pointless. */
async function supervise(client: Client, wait: RunWait, done: AbortSignal): Promise<never> {
  const { activityQueue, purpose, lookEveryMs, signal, look } = wait;
  const startedAt = Date.now();
  const isOver = (): boolean => done.aborted;
  while (!isOver()) {
    await sleep(lookEveryMs, undefined, { signal: AbortSignal.any([signal, done]) }).catch(() => undefined);
    signal.throwIfAborted();
    if (isOver()) break;
    const waitedMs = Date.now() - startedAt;
    const queues = await pollers(client, activityQueue);
    const idle = queues.find((queue) => queue.pollers.length === 0);
    if (idle !== undefined && waitedMs > graceMs) throw noWorker(idle, purpose);
    await look({ waitedMs, idle });
  }
  throw new Error('The run is done.');
}

function pollers(client: Client, activityQueue: string): Promise<QueuePollers[]> {
  const now = Date.now();
  return Promise.all([
    pollersOf(client, TaskQueue.orchestrator, 'workflow', now),
    pollersOf(client, activityQueue, 'activity', now),
  ]);
}

function noWorker({ queue }: QueuePollers, purpose: string): MeshwrightError {
  return new MeshwrightError(
    'PREREQUISITE_MISSING',
    `No worker polls the task queue ${queue}, so ${purpose}.`,
    {
      remedy: remedyForQueue(queue),
    },
  );
}
