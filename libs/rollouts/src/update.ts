import {
  type Client,
  type WorkflowHandle,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  type CommandRequest,
  type DecisionRequest,
  type ErrorCode,
  errorCodes,
  type Failure,
  failureOf,
  MeshwrightError,
  Message,
  type RolloutStatus,
  shortName,
} from '@meshwright/model';
import { sendUpdate } from '@meshwright/temporal';
import type { RolloutRecord } from './report.ts';

const answerMilliseconds = 15_000;

/**
 * Sends a decision to whatever has a gate (a rollout, a policy change, the plan of a pull request), which checks it
 * against the run it names too, and gives the status it leads to. Sent again with the same update id, it is taken once.
 * @throws MeshwrightError the workflow's own refusal, such as INVALID_INPUT for another digest.
 */
export function decide<Status extends object = RolloutStatus>(
  client: Client,
  workflow: string,
  request: DecisionRequest,
  updateId?: string,
): Promise<Status> {
  const handle = client.workflow.getHandle(workflow);
  return update(client, handle, Message.decide, request, updateId);
}

/**
 * Sends a command to a rollout, which checks it, and gives the status it leads to.
 * @throws MeshwrightError the rollout's own refusal, such as INVALID_INPUT for what does not fit its phase.
 */
export function command(
  client: Client,
  record: RolloutRecord,
  request: CommandRequest,
): Promise<RolloutStatus> {
  const handle = client.workflow.getHandle(record.rollout, record.runId);
  return update(client, handle, Message.command, request);
}

async function update<Status extends object>(
  client: Client,
  handle: WorkflowHandle,
  message: string,
  request: object,
  updateId?: string,
): Promise<Status> {
  const options = { request, ...(updateId === undefined ? {} : { updateId }) };
  try {
    return await client.connection.withDeadline(Date.now() + answerMilliseconds, () =>
      sendUpdate<Status>(handle, message, options),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw errorOf(failureOf(error));
    if (error instanceof WorkflowNotFoundError) throw over(handle.workflowId, error);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw unanswered(handle.workflowId, error);
    throw error;
  }
}

function over(rollout: string, cause: unknown): MeshwrightError {
  return new MeshwrightError(
    'INVALID_INPUT',
    `${rollout} is over: it takes nothing more.`,
    { remedy: `meshwright status ${shortName(rollout)}` },
    { cause },
  );
}

function unanswered(rollout: string, cause: unknown): MeshwrightError {
  return new MeshwrightError(
    'NOT_READY',
    `No orchestrator answered for ${rollout} within ${answerMilliseconds / 1000} seconds; it may still be taken.`,
    { remedy: `See what blocks it, and whether it was taken: meshwright why ${shortName(rollout)}` },
    { cause },
  );
}

/** A failure as an error; a code that this release does not know becomes INVALID_INPUT. */
export function errorOf(failure: Failure): MeshwrightError {
  const { code, message, remedy, where, lines } = failure;
  return new MeshwrightError(isErrorCode(code) ? code : 'INVALID_INPUT', message, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(where === undefined ? {} : { where }),
    ...(lines === undefined ? {} : { lines }),
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
