import {
  type Client,
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
  Message,
  MeshwrightError,
  type RolloutStatus,
} from '@meshwright/model';
import { shortName } from './reference.ts';
import type { RolloutRecord } from './report.ts';

const answerMilliseconds = 15_000;

/**
 * Sends a decision to a rollout, which checks it, and gives the status it leads to.
 * @throws MeshwrightError the rollout's own refusal, such as INVALID_INPUT for another digest.
 */
export function decide(
  client: Client,
  record: RolloutRecord,
  request: DecisionRequest,
): Promise<RolloutStatus> {
  return update(client, record, Message.decide, request);
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
  return update(client, record, Message.command, request);
}

async function update(
  client: Client,
  { rollout, runId }: RolloutRecord,
  message: string,
  request: object,
): Promise<RolloutStatus> {
  const handle = client.workflow.getHandle(rollout, runId);
  try {
    return await client.connection.withDeadline(Date.now() + answerMilliseconds, () =>
      handle.executeUpdate<RolloutStatus, [object]>(message, { args: [request] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw errorOf(failureOf(error));
    if (error instanceof WorkflowNotFoundError) throw over(rollout, error);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw unanswered(rollout, error);
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
