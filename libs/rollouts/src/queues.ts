import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { TaskQueue } from '@meshwright/model';
import { momentOf } from './moment.ts';

/** Workflow tasks and activity tasks are polled apart. */
export type TaskKind = 'workflow' | 'activity';

/** A task queue and the workers that asked it for work lately. */
export interface QueuePollers {
  queue: string;
  kind: TaskKind;
  /** Who polls, newest first; times are milliseconds since 1970. */
  pollers: { identity: string; lastSeenAt: number }[];
}

const { TaskQueueType } = proto.temporal.api.enums.v1;
const kinds = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const satisfies Record<TaskKind, number>;

/** A poll lasts about a minute, and the server keeps pollers for five: who was silent longer is gone. */
const silenceMilliseconds = 100_000;

/** The workers that poll a task queue now. */
export async function pollersOf(
  client: Client,
  queue: string,
  kind: TaskKind,
  now: number,
): Promise<QueuePollers> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: kinds[kind],
  });
  const alive = pollers
    .map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      lastSeenAt: momentOf(lastAccessTime) ?? 0,
    }))
    .filter(({ lastSeenAt }) => now - lastSeenAt < silenceMilliseconds)
    .sort((one, other) => other.lastSeenAt - one.lastSeenAt);
  return { queue, kind, pollers: alive };
}

/** Who must be started for a task queue to be served. */
export function remedyForQueue(queue: string): string {
  if (queue.startsWith('cluster:')) {
    return `Start a cluster agent for ${queue.slice('cluster:'.length)}, or \`npm start\`, which runs every worker.`;
  }
  if (queue.startsWith('load:')) {
    return `Start a load agent named ${queue.slice('load:'.length)}; \`npm start\` runs the one named local.`;
  }
  if (queue === TaskQueue.gateway) return 'Start the gateway, or `npm start`, which runs every worker.';
  if (queue === TaskQueue.git) return 'Start the Git watcher, or `npm start`, which runs every worker.';
  return 'Start the orchestrator, or `npm start`, which runs every worker.';
}
