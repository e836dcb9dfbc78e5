import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, type WorkflowHandle } from '@temporalio/client';

/** FAILED_PRECONDITION of gRPC: the task in which the update would have been taken was lost. */
const taskLost: ReadonlySet<number> = new Set([9]);
const attempts = 6;
const firstPauseMilliseconds = 50;

/**
 * Sends an update to a workflow, and gives its answer. Where the workflow comes to its end in the same moment as something
 * else happens to it, the server has that task done again and tells whoever sent the update so: it is sent again then, under
 * the same id, by which it is taken once.
 * @throws what `executeUpdate` throws.
 */
export async function sendUpdate<Answer>(
  handle: WorkflowHandle,
  message: string,
  { request, updateId = randomUUID() }: { request: object; updateId?: string },
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await handle.executeUpdate<Answer, [object]>(message, { args: [request], updateId });
    } catch (error) {
      if (attempt === attempts || !wasLost(error)) throw error;
      await delay(firstPauseMilliseconds * 2 ** (attempt - 1));
    }
  }
}

function wasLost(error: unknown): boolean {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  return isGrpcServiceError(cause) && taskLost.has(cause.code) && cause.message.includes('task failure');
}
