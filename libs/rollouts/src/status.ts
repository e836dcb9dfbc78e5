import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type Failure, failureOf, messageOf } from '@meshwright/model';
import type { ExecutionState } from './report.ts';

/** One run of a workflow that tells its status by a query, returns it, and leaves it as a detail when it fails. */
export interface StatusSource {
  workflow: string;
  run: string;
  state: ExecutionState;
  /** The name of the query. */
  query: string;
}

/** A status, or what is known without one. */
export interface StatusReading<Status> {
  status?: Status;
  /** Why it ended, where it ended badly. */
  failure?: Failure;
  /** Why there is no status, where no worker answered. */
  unanswered?: string;
}

/** How long a worker may take to answer a question. */
const answerMilliseconds = 5_000;

/** The status of a run, whether it goes on, has ended, or failed. */
export async function readStatus<Status extends object>(
  client: Client,
  source: StatusSource,
): Promise<StatusReading<Status>> {
  const handle = client.workflow.getHandle(source.workflow, source.run);
  if (source.state === 'completed') {
    return { status: (await soon(client, () => handle.result())) as Status };
  }
  const end = await endOf<Status>(client, source);
  if (end?.status !== undefined) return end;
  const failure = end?.failure === undefined ? {} : { failure: end.failure };
  try {
    return { ...failure, status: await soon(client, () => handle.query<Status>(source.query)) };
  } catch (error) {
    return { ...failure, unanswered: messageOf(error) };
  }
}

/** How an execution that did not complete ended; one that failed by itself leaves its status as a detail. */
async function endOf<Status extends object>(
  client: Client,
  { workflow, run, state }: StatusSource,
): Promise<StatusReading<Status> | undefined> {
  // What a run that was continued as new went on to is another run's.
  if (state === 'running' || state === 'unknown' || state === 'continued-as-new') return undefined;
  try {
    await soon(client, () => client.workflow.getHandle(workflow, run).result());
    return undefined;
  } catch (error) {
    const status = statusLeftIn(error);
    return { failure: failureOf(error), ...(status === undefined ? {} : { status: status as Status }) };
  }
}

function statusLeftIn(error: unknown): object | undefined {
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  const status: unknown = cause instanceof ApplicationFailure ? cause.details?.[1] : undefined;
  return typeof status === 'object' && status !== null && 'startedAt' in status ? status : undefined;
}

/** Does work that asks a worker, within the time one may take. */
export function soon<T>(client: Client, work: () => Promise<T>): Promise<T> {
  return client.connection.withDeadline(Date.now() + answerMilliseconds, work);
}
