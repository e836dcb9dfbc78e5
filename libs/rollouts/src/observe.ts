import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { isFinal, Phase, TaskQueue, workflowId } from '@meshwright/model';
import { pendingActivities } from './pending.ts';
import { pollersOf } from './queues.ts';
import { readRollout } from './read.ts';
import { recordOf } from './records.ts';
import { phaseOf, type RolloutRecord, type RolloutReport } from './report.ts';
import type { HeldLock, Observation, ObservedExecution } from './explain.ts';

const lookMilliseconds = 10_000;

/** Looks at everything a rollout depends on: itself, its changes, the workers of its queues, other rollouts. */
export async function observeRollout(
  client: Client,
  record: RolloutRecord,
  now: number,
): Promise<Observation> {
  const report = await readRollout(client, record);
  const phase = report.status?.phase ?? phaseOf(record);
  if (record.state !== 'running' || (phase !== undefined && isFinal(phase))) {
    return { report, executions: [], queues: [], locks: [], now };
  }
  return client.connection.withDeadline(Date.now() + lookMilliseconds, async () => {
    const own = await client.workflow.getHandle(record.rollout, record.runId).describe();
    const changes = await describeChanges(client, report);
    const mine = changes.filter(({ description }) => parentOf(description) === record.rollout);
    const executions = await Promise.all(
      [own, ...mine.map(({ description }) => description)].map((description) => observe(client, description)),
    );
    const queues = [...new Set([TaskQueue.orchestrator, ...queuesOf(report, executions)])];
    return {
      report,
      executions,
      queues: await Promise.all(
        queues.map((queue) =>
          pollersOf(client, queue, queue === TaskQueue.orchestrator ? 'workflow' : 'activity', now),
        ),
      ),
      locks: changes
        .filter((change) => !mine.includes(change) && waitsFor(report, change.cluster))
        .map(lockOf),
      now,
    };
  });
}

interface RunningChange {
  cluster: string;
  mesh: string;
  description: WorkflowExecutionDescription;
}

/** The changes that run for the mesh of each target, whoever started them. */
async function describeChanges(client: Client, { record, status }: RolloutReport): Promise<RunningChange[]> {
  const mesh = status?.mesh?.type ?? record.mesh;
  if (mesh === undefined) return [];
  const open = status?.targets.filter(({ phase }) => !isFinal(phase)).map(({ cluster }) => cluster);
  const changes = (open ?? record.clusters).map(async (cluster) => {
    try {
      const description = await client.workflow.getHandle(workflowId.change(cluster, mesh)).describe();
      return description.status.name === 'RUNNING' ? [{ cluster, mesh, description }] : [];
    } catch (error) {
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') return [];
      throw error;
    }
  });
  return (await Promise.all(changes)).flat();
}

async function observe(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<ObservedExecution> {
  const attempt = description.raw.pendingWorkflowTask?.attempt;
  return {
    workflowId: description.workflowId,
    pending: await pendingActivities(client, description),
    ...(attempt === undefined || attempt === null ? {} : { workflowTaskAttempt: attempt }),
  };
}

/** The queues of what is pending now, and of the targets that are still to come. */
function queuesOf(report: RolloutReport, executions: readonly ObservedExecution[]): string[] {
  const pending = executions.flatMap(({ pending }) => pending.flatMap(({ queue }) => queue ?? []));
  const clusters =
    report.status?.targets.filter(({ phase }) => !isFinal(phase)).map(({ cluster }) => cluster) ??
    report.record.clusters;
  return [...pending, ...clusters.map((cluster) => TaskQueue.cluster(cluster))];
}

/** Whether a target has come to where it needs its mesh for itself; unknown where no worker answers. */
function waitsFor({ status }: RolloutReport, cluster: string): boolean {
  if (status === undefined) return true;
  return status.targets.some((target) => target.cluster === cluster && target.phase === Phase.queued);
}

function lockOf({ cluster, mesh, description }: RunningChange): HeldLock {
  const { phase } = recordOf(description);
  return {
    cluster,
    mesh,
    heldBy: parentOf(description) ?? description.workflowId,
    since: description.startTime.getTime(),
    ...(phase === undefined ? {} : { phase }),
  };
}

function parentOf(description: WorkflowExecutionDescription): string | undefined {
  return description.parentExecution?.workflowId ?? undefined;
}
