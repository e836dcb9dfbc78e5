import type { Client } from '@temporalio/client';
import { type ChangeStatus, isFinal, Message, type RolloutStatus, workflowId } from '@meshwright/model';
import { completeStatus, completeTarget } from './complete.ts';
import type { RolloutRecord, RolloutReport } from './report.ts';
import { readStatus, soon } from './status.ts';

/**
 * All that can be found out about a rollout: the status its workflow reports or returned, with the stages of
 * the changes that run for it. Where no worker answers, what visibility knows stays, and a note says so.
 */
export async function readRollout(client: Client, record: RolloutRecord): Promise<RolloutReport> {
  const report = await read(client, record);
  return report.status === undefined ? report : { ...report, status: completeStatus(report.status) };
}

async function read(client: Client, record: RolloutRecord): Promise<RolloutReport> {
  const { rollout: workflow, runId: run, state } = record;
  const query = Message.rolloutStatus;
  const reading = await readStatus<RolloutStatus>(client, { workflow, run, state, query });
  const { status, failure, unanswered } = reading;
  if (status === undefined) {
    const notes = unanswered === undefined ? [] : [unansweredNote(record, unanswered)];
    return { record, ...(failure === undefined ? {} : { failure }), notes };
  }
  if (state === 'completed') return { record, status, notes: [] };
  return { record, status: await withChanges(client, status), notes: [] };
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

function unansweredNote(record: RolloutRecord, reason: string): string {
  const why =
    record.state === 'running' ? 'No worker answered for this rollout' : 'This rollout left no status';
  return `${why} (${reason}). Shown is what Temporal's search attributes say; \`meshwright why\` looks for the cause.`;
}
