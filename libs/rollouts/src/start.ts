import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import {
  describeCommitted,
  describeMesh,
  MeshwrightError,
  Message,
  type RequestKind,
  type RolloutInput,
  shortCommit,
  shortName,
  TaskQueue,
  wantedMesh,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { listRollouts } from './records.ts';
import type { RolloutRecord } from './report.ts';

/** A rollout that a person has started, and whose place it takes. */
export interface StartedRollout {
  rollout: string;
  runId: string;
  supersedes: string[];
}

const mostRunning = 100;
/** The server bounds a summary; what does not fit is left out. */
const longestSummary = 200;

const verbs: Readonly<Record<RequestKind, string>> = {
  retry: 'try again',
  rollback: 'roll back to',
  adopt: 'adopt',
  uninstall: 'uninstall',
};

/**
 * Starts a rollout at the wish of a person, and tells those of the same pattern that still run that it takes their
 * place: what waits ends, what is changing a cluster starts nothing more, what has stopped lets go of its lock.
 * @throws MeshwrightError INVALID_INPUT when a rollout of the same commit still runs.
 */
export async function startRollout(
  client: Client,
  input: RolloutInput & Required<Pick<RolloutInput, 'request'>>,
): Promise<StartedRollout> {
  const id = workflowId.rollout(input.pattern, input.commit.id);
  const running = await listRollouts(client, { pattern: input.pattern, running: true, limit: mostRunning });
  const runId = await start(client, id, input);
  const supersedes: string[] = [];
  for (const earlier of running) {
    if (earlier.rollout !== id && (await supersede(client, earlier, id))) supersedes.push(earlier.rollout);
  }
  return { rollout: id, runId, supersedes };
}

async function start(
  client: Client,
  id: string,
  input: RolloutInput & Required<Pick<RolloutInput, 'request'>>,
): Promise<string> {
  const { pattern, commit, valid, purpose, request } = input;
  const mesh = valid === undefined ? '' : ` (${describeMesh(wantedMesh(valid.mesh, purpose))})`;
  const summary = `${pattern}: ${verbs[request.kind]} ${shortCommit(commit.id)}${mesh}, asked for by ${request.identity}`;
  try {
    const handle = await client.workflow.start(WorkflowType.patternRollout, {
      workflowId: id,
      taskQueue: TaskQueue.orchestrator,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: plain(summary),
      staticDetails: describeCommitted(input),
    });
    return handle.firstExecutionRunId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new MeshwrightError(
      'INVALID_INPUT',
      `${id} still runs, and one commit of a pattern has one rollout at a time.`,
      {
        remedy: `Wait for it, or end it first: meshwright cancel ${shortName(id)}`,
      },
      { cause: error },
    );
  }
}

/** The Temporal UI shows it as Markdown: nothing in it may act as markup. */
function plain(text: string): string {
  return text.replace(/[\p{C}`*_[\]<>|\\#~]/gu, ' ').slice(0, longestSummary);
}

/** Whether it still ran. */
async function supersede(client: Client, { rollout, runId }: RolloutRecord, by: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(rollout, runId).signal(Message.superseded, by);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
