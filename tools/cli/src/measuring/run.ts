import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import {
  type BaselineInput,
  type BaselineStatus,
  failureOf,
  Message,
  MeshwrightError,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { pollersOf, remedyForQueue } from '../rollouts/queues.ts';
import { errorOf } from '../rollouts/update.ts';

const lookEveryMs = 1_000;
/** A worker that is just starting may need this long before it polls. */
const graceMs = 10_000;

export interface FollowOptions {
  signal: AbortSignal;
  /** Told of what is known so far, again and again. */
  tell: (status: BaselineStatus) => void;
}

/**
 * Has a baseline measured and waits for its verdict. It is cancelled when it is not waited for any longer.
 * @throws MeshwrightError INVALID_INPUT when one of this name runs, PREREQUISITE_MISSING when a task queue has no worker,
 *   or what the baseline itself failed with; the signal's reason on abort.
 */
export async function measure(
  client: Client,
  input: BaselineInput,
  options: FollowOptions,
): Promise<BaselineStatus> {
  const handle = await start(client, input);
  const done = new AbortController();
  const result = resultOf(handle);
  try {
    return await Promise.race([result, follow(client, handle, input, options, done.signal)]);
  } catch (error) {
    await handle.cancel().catch(() => undefined);
    // It ends as cancelled now, which nobody waits for.
    result.catch(() => undefined);
    throw error;
  } finally {
    done.abort();
  }
}

async function start(client: Client, input: BaselineInput): Promise<WorkflowHandle> {
  const id = workflowId.baseline(input.name);
  try {
    return await client.workflow.start(WorkflowType.performanceBaseline, {
      workflowId: id,
      taskQueue: TaskQueue.orchestrator,
      args: [input],
      staticSummary: `${input.endpoints.b.address} against ${input.endpoints.a.address}`.slice(0, 180),
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
    throw new MeshwrightError('INVALID_INPUT', `${id} is running already.`, {
      remedy: 'Wait for its end, or give this one another --name.',
    });
  }
}

async function resultOf(handle: WorkflowHandle): Promise<BaselineStatus> {
  try {
    return (await handle.result()) as BaselineStatus;
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw errorOf(failureOf(error));
    throw error;
  }
}

/** Tells how far it is until it is done; ends only by throwing what makes waiting pointless. */
async function follow(
  client: Client,
  handle: WorkflowHandle,
  { agent, probe }: BaselineInput,
  { signal, tell }: FollowOptions,
  done: AbortSignal,
): Promise<never> {
  const loadQueue = probe === undefined ? TaskQueue.load(agent) : TaskQueue.cluster(probe.cluster);
  const startedAt = performance.now();
  const isOver = (): boolean => done.aborted;
  while (!isOver()) {
    await sleep(lookEveryMs, undefined, { signal: AbortSignal.any([signal, done]) }).catch(() => undefined);
    signal.throwIfAborted();
    if (isOver()) break;
    if (performance.now() - startedAt > graceMs) await refuseIdle(client, loadQueue);
    // A worker that is away cannot be asked; what it measures goes on when it is back.
    const status = await handle.query<BaselineStatus>(Message.baselineStatus).catch(() => undefined);
    if (status !== undefined) tell(status);
  }
  throw new Error('The baseline is done.');
}

async function refuseIdle(client: Client, loadQueue: string): Promise<void> {
  const now = Date.now();
  const queues = await Promise.all([
    pollersOf(client, TaskQueue.orchestrator, 'workflow', now),
    pollersOf(client, loadQueue, 'activity', now),
  ]);
  const idle = queues.find(({ pollers }) => pollers.length === 0);
  if (idle === undefined) return;
  throw new MeshwrightError(
    'PREREQUISITE_MISSING',
    `No worker polls the task queue ${idle.queue}, so nothing can be measured.`,
    { remedy: remedyForQueue(idle.queue) },
  );
}
