import { setTimeout as delay } from 'node:timers/promises';
import { MeshwrightError, Phase, type RolloutStatus, workflowId } from '@meshwright/model';
import type { TemporalConnection } from '@meshwright/temporal';
import { patternName } from './patterns.ts';

/** A rollout that succeeded; times are milliseconds since 1970, by the server's clock on the same machine. */
export interface FinishedRollout {
  startedAt: number;
  closedAt: number;
}

const appearsWithinMilliseconds = 120_000;
const lookMilliseconds = 50;

/**
 * Waits until the rollout of a commit has ended.
 * @throws MeshwrightError NOT_READY when none starts within two minutes, INTERNAL with its failure when it did not succeed.
 */
export async function awaitRollout(
  { client }: TemporalConnection,
  commit: string,
  signal: AbortSignal,
): Promise<FinishedRollout> {
  const id = workflowId.rollout(patternName, commit);
  const handle = client.workflow.getHandle(id);
  const startedAt = await untilStarted(() => handle.describe(), id, signal);
  const status = (await client.withAbortSignal(signal, () => handle.result())) as RolloutStatus;
  if (status.phase !== Phase.succeeded) throw notSucceeded(status);
  const { closeTime } = await handle.describe();
  return { startedAt, closedAt: closeTime?.getTime() ?? Number.NaN };
}

async function untilStarted(
  describe: () => Promise<{ startTime: Date }>,
  id: string,
  signal: AbortSignal,
): Promise<number> {
  const deadline = Date.now() + appearsWithinMilliseconds;
  while (Date.now() < deadline) {
    const found = await describe().catch((error: unknown) => {
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined;
      throw error;
    });
    if (found !== undefined) return found.startTime.getTime();
    await delay(lookMilliseconds, undefined, { signal });
  }
  throw new MeshwrightError(
    'NOT_READY',
    `No rollout ${id} started within ${appearsWithinMilliseconds / 1000} s.`,
  );
}

function notSucceeded({ rollout, phase, failure, targets }: RolloutStatus): MeshwrightError {
  const why = failure ?? targets.find((target) => target.failure !== undefined)?.failure;
  return new MeshwrightError(
    'INTERNAL',
    `The rollout ${rollout} ended ${phase}: ${why?.message ?? 'no reason'}`,
    {
      lines: why?.lines ?? [],
    },
  );
}
