import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import {
  MeshwrightError,
  type PlanChangeInput,
  type PlanSummary,
  TaskQueue,
  WorkflowType,
} from '@meshwright/model';
import { formatDuration } from '@meshwright/wording';
import {
  awaitRun,
  errorOf,
  pendingActivities,
  type PendingActivity,
  type QueuePollers,
} from '@meshwright/rollouts';

export interface PreviewOptions {
  /** How long to wait for the plan. */
  timeoutSeconds: number;
  signal: AbortSignal;
  /** Told now and then what the plan waits for, in one line. */
  progress: (line: string) => void;
}

const lookEveryMs = 2_000;

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
  const { cluster } = input;
  const { timeoutSeconds, signal, progress } = options;
  return awaitRun<PlanSummary>(client, handle, {
    activityQueue: TaskQueue.cluster(cluster),
    purpose: 'no plan can be made',
    lookEveryMs,
    signal,
    async look({ waitedMs, idle }) {
      const pending = await pendingActivities(client, await handle.describe());
      if (waitedMs > timeoutSeconds * 1000) throw tooSlow(cluster, timeoutSeconds, pending);
      progress(describeWait(cluster, pending, idle, waitedMs));
    },
  });
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

function tooSlow(cluster: string, seconds: number, pending: readonly PendingActivity[]): MeshwrightError {
  const failure = pending.find(({ lastFailure }) => lastFailure !== undefined)?.lastFailure;
  if (failure !== undefined) return errorOf(failure);
  return new MeshwrightError('NOT_READY', `The plan for ${cluster} was not made within ${seconds} seconds.`, {
    remedy: 'Allow more with --timeout, or look at the log of its agent.',
  });
}
