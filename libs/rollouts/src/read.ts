import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  type ChangeStatus,
  type Failure,
  failureOf,
  isFinal,
  Message,
  messageOf,
  type RolloutStatus,
  workflowId,
} from '@meshwright/model';
import { completeStatus, completeTarget } from './complete.ts';
import type { RolloutRecord, RolloutReport } from './report.ts';

/** How long a worker may take to answer a question. */
const answerMilliseconds = 5_000;

/**
 * All that can be found out about a rollout: the status its workflow reports or returned, with the stages of
 * the changes that run for it. Where no worker answers, what visibility knows stays, and a note says so.
 */
export async function readRollout(client: Client, record: RolloutRecord): Promise<RolloutReport> {
  const report = await read(client, record);
  return report.status === undefined ? report : { ...report, status: completeStatus(report.status) };
}

async function read(client: Client, record: RolloutRecord): Promise<RolloutReport> {
  if (record.state === 'completed') {
    const handle = client.workflow.getHandle(record.rollout, record.runId);
    return { record, status: (await soon(client, () => handle.result())) as RolloutStatus, notes: [] };
  }
  const end = await endOf(client, record);
  if (end?.status !== undefined) return { record, status: end.status, notes: [] };
  const failure = end === undefined ? {} : { failure: end.failure };
  const answer = await askStatus(client, record);
  if ('unanswered' in answer) {
    return { record, ...failure, notes: [unansweredNote(record, answer.unanswered)] };
  }
  return { record, status: await withChanges(client, answer.status), ...failure, notes: [] };
}

/** Asks a running change for its status; undefined when it does not run, belongs to another rollout or nobody answers. */
async function readChange(
  client: Client,
  rollout: string,
  cluster: string,
  mesh: string,
): Promise<ChangeStatus | undefined> {
  const handle = client.workflow.getHandle(workflowId.change(cluster, mesh));
  try {
    return await soon(client, async () => {
      const description = await handle.describe();
      if (description.parentExecution?.workflowId !== rollout) return undefined;
      if (description.status.name !== 'RUNNING') return undefined;
      return completeTarget(await handle.query<ChangeStatus>(Message.changeStatus));
    });
  } catch {
    // The rollout's own account of this target stays.
    return undefined;
  }
}

async function withChanges(client: Client, status: RolloutStatus): Promise<RolloutStatus> {
  const targets = status.targets.map(async (target) => {
    if (isFinal(target.phase)) return target;
    return (await readChange(client, status.rollout, target.cluster, target.mesh)) ?? target;
  });
  return { ...status, targets: await Promise.all(targets) };
}

async function askStatus(
  client: Client,
  record: RolloutRecord,
): Promise<{ status: RolloutStatus } | { unanswered: string }> {
  const handle = client.workflow.getHandle(record.rollout, record.runId);
  try {
    return { status: await soon(client, () => handle.query<RolloutStatus>(Message.rolloutStatus)) };
  } catch (error) {
    return { unanswered: messageOf(error) };
  }
}

/** How an execution that did not complete ended; a rollout that failed by itself leaves its status as a detail. */
async function endOf(
  client: Client,
  record: RolloutRecord,
): Promise<{ failure: Failure; status?: RolloutStatus } | undefined> {
  if (record.state === 'running' || record.state === 'unknown') return undefined;
  try {
    await soon(client, () => client.workflow.getHandle(record.rollout, record.runId).result());
    return undefined;
  } catch (error) {
    const status = statusLeftIn(error);
    return { failure: failureOf(error), ...(status === undefined ? {} : { status }) };
  }
}

function statusLeftIn(error: unknown): RolloutStatus | undefined {
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  const status = cause instanceof ApplicationFailure ? cause.details?.[1] : undefined;
  return isRolloutStatus(status) ? status : undefined;
}

function isRolloutStatus(value: unknown): value is RolloutStatus {
  return typeof value === 'object' && value !== null && 'rollout' in value && 'targets' in value;
}

function unansweredNote(record: RolloutRecord, reason: string): string {
  const why =
    record.state === 'running' ? 'No worker answered for this rollout' : 'This rollout left no status';
  return `${why} (${reason}). Shown is what Temporal's search attributes say; \`meshwright why\` looks for the cause.`;
}

function soon<T>(client: Client, work: () => Promise<T>): Promise<T> {
  return client.connection.withDeadline(Date.now() + answerMilliseconds, work);
}
