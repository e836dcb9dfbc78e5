import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  type DecisionRequest,
  type ErrorCode,
  errorCodes,
  type Failure,
  failureOf,
  Message,
  MeshwrightError,
  type RolloutStatus,
} from '@meshwright/model';
import type { RolloutRecord } from './report.ts';

const answerMilliseconds = 15_000;

/**
 * Sends a decision to a rollout, which checks it, and gives the status it leads to.
 * @throws MeshwrightError the rollout's own refusal, such as INVALID_INPUT for another digest.
 */
export async function decide(
  client: Client,
  record: RolloutRecord,
  request: DecisionRequest,
): Promise<RolloutStatus> {
  const handle = client.workflow.getHandle(record.rollout, record.runId);
  try {
    return await client.connection.withDeadline(Date.now() + answerMilliseconds, () =>
      handle.executeUpdate<RolloutStatus, [DecisionRequest]>(Message.decide, { args: [request] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw errorOf(failureOf(error));
    throw error;
  }
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
