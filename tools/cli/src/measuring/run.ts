import type { Client, WorkflowHandle } from '@temporalio/client';
import {
  type BaselineInput,
  type BaselineStatus,
  Message,
  MeshwrightError,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { awaitRun } from '@meshwright/rollouts';

const lookEveryMs = 1_000;

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
  { signal, tell }: FollowOptions,
): Promise<BaselineStatus> {
  const handle = await start(client, input);
  const { agent, paths } = input;
  const { probe } = paths.b;
  return awaitRun<BaselineStatus>(client, handle, {
    activityQueue: probe === undefined ? TaskQueue.load(agent) : TaskQueue.cluster(probe.cluster),
    purpose: 'nothing can be measured',
    lookEveryMs,
    signal,
    async look() {
      // A worker that is away cannot be asked; what it measures goes on when it is back.
      const status = await handle.query<BaselineStatus>(Message.baselineStatus).catch(() => undefined);
      if (status !== undefined) tell(status);
    },
  });
}

/** A baseline in a line, as the Temporal UI shows it. */
export function summaryOf({ paths: { a, b } }: BaselineInput): string {
  return `${b.endpoint.address} against ${a.endpoint.address}`.slice(0, 180);
}

async function start(client: Client, input: BaselineInput): Promise<WorkflowHandle> {
  const id = workflowId.baseline(input.name);
  try {
    return await client.workflow.start(WorkflowType.performanceBaseline, {
      workflowId: id,
      taskQueue: TaskQueue.orchestrator,
      args: [input],
      staticSummary: summaryOf(input),
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
    throw new MeshwrightError('INVALID_INPUT', `${id} is running already.`, {
      remedy: 'Wait for its end, or give this one another --name.',
    });
  }
}
