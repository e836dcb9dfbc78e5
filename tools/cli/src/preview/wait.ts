import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import {
  failureOf,
  MeshwrightError,
  type PlanChangeInput,
  type PlanSummary,
  TaskQueue,
  WorkflowType,
} from '@meshwright/model';
import { formatDuration } from '../render/time.ts';
import { errorOf } from '../rollouts/update.ts';
import { type PendingActivity, pendingActivities } from '../rollouts/pending.ts';
import { pollersOf, type QueuePollers, remedyForQueue } from '../rollouts/queues.ts';

export interface PreviewOptions {
  /** How long to wait for the plan. */
  timeoutSeconds: number;
  signal: AbortSignal;
  /** Told now and then what the plan waits for, in one line. */
  progress: (line: string) => void;
}

const lookEveryMs = 2_000;
/** A worker that is just starting may need this long before it polls. */
const graceMs = 10_000;

/**
 * Has one plan made by the target's agent. The workflow is cancelled when it is not waited for any longer.
 * @throws MeshwrightError PREREQUISITE_MISSING when a task queue has no worker, NOT_READY when the time is over,
 *   or what the plan itself failed with; the signal's reason on abort.
 */
export async function previewPlan(
  client: Client,
  input: PlanChangeInput,
  options: PreviewOptions,
): Promise<PlanSummary> {
  const handle = await client.workflow.start(WorkflowType.planPreview, {
    workflowId: `preview:${input.cluster}/${input.pattern}/${randomUUID()}`,
    taskQueue: TaskQueue.orchestrator,
    args: [input],
    // Ends a preview whose command line was killed.
    workflowExecutionTimeout: (options.timeoutSeconds + 60) * 1000,
    staticSummary: `Preview of ${input.pattern} on ${input.cluster}`,
  });
  const done = new AbortController();
  const result = resultOf(handle);
  try {
    return await Promise.race([result, supervise(client, handle, input, options, done.signal)]);
  } catch (error) {
    await handle.cancel().catch(() => undefined);
    // It ends as cancelled now, which nobody waits for.
    result.catch(() => undefined);
    throw error;
  } finally {
    done.abort();
  }
}

async function resultOf(handle: WorkflowHandle): Promise<PlanSummary> {
  try {
    return (await handle.result()) as PlanSummary;
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw errorOf(failureOf(error));
    throw error;
  }
}

/** Looks after a preview until it is done; ends only by throwing what makes waiting pointless. */
async function supervise(
  client: Client,
  handle: WorkflowHandle,
  { cluster }: PlanChangeInput,
  { timeoutSeconds, signal, progress }: PreviewOptions,
  done: AbortSignal,
): Promise<never> {
  const startedAt = Date.now();
  const isOver = (): boolean => done.aborted;
  while (!isOver()) {
    await sleep(lookEveryMs, undefined, { signal: AbortSignal.any([signal, done]) }).catch(() => undefined);
    signal.throwIfAborted();
    if (isOver()) break;
    const waited = Date.now() - startedAt;
    const queues = await pollers(client, cluster);
    const idle = queues.find((queue) => queue.pollers.length === 0);
    if (idle !== undefined && waited > graceMs) throw noWorker(idle);
    const pending = await pendingActivities(client, await handle.describe());
    if (waited > timeoutSeconds * 1000) throw tooSlow(cluster, timeoutSeconds, pending);
    progress(describeWait(cluster, pending, idle, waited));
  }
  throw new Error('The preview is done.');
}

function pollers(client: Client, cluster: string): Promise<QueuePollers[]> {
  const now = Date.now();
  return Promise.all([
    pollersOf(client, TaskQueue.orchestrator, 'workflow', now),
    pollersOf(client, TaskQueue.cluster(cluster), 'activity', now),
  ]);
}

function describeWait(
  cluster: string,
  pending: readonly PendingActivity[],
  idle: QueuePollers | undefined,
  waited: number,
): string {
  const time = formatDuration(waited);
  if (idle !== undefined) return `waiting for a worker on the task queue ${idle.queue}, ${time}`;
  const [activity] = pending;
  if (activity?.lastFailure === undefined) return `planning on ${cluster}, ${time}`;
  return `planning on ${cluster}, attempt ${activity.attempt}, ${time}: ${activity.lastFailure.message}`;
}

function noWorker({ queue }: QueuePollers): MeshwrightError {
  return new MeshwrightError(
    'PREREQUISITE_MISSING',
    `No worker polls the task queue ${queue}, so no plan can be made.`,
    {
      remedy: remedyForQueue(queue),
    },
  );
}

function tooSlow(cluster: string, seconds: number, pending: readonly PendingActivity[]): MeshwrightError {
  const failure = pending.find(({ lastFailure }) => lastFailure !== undefined)?.lastFailure;
  if (failure !== undefined) return errorOf(failure);
  return new MeshwrightError('NOT_READY', `The plan for ${cluster} was not made within ${seconds} seconds.`, {
    remedy: 'Allow more with --timeout, or look at the log of its agent.',
  });
}
