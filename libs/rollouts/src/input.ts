import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { MeshwrightError, type RolloutInput, shortName, type ValidPattern } from '@meshwright/model';
import { decodeValues } from './payloads.ts';
import type { RolloutRecord } from './report.ts';

const answerMilliseconds = 10_000;
/** The gRPC status of a run that visibility may still list but whose history is gone. */
const notFound: ReadonlySet<number> = new Set([5]);

/** A rollout's input of a valid pattern. */
export type ValidInput = RolloutInput & { valid: ValidPattern };

/**
 * What a rollout was started with, from the first event of its history: one event is asked for and read.
 * @throws MeshwrightError EVIDENCE_MISSING when Temporal no longer keeps the history, INVALID_INPUT when the file of
 *   that commit was no valid pattern.
 */
export async function readRolloutInput(client: Client, record: RolloutRecord): Promise<ValidInput> {
  const [input] = await decodeValues(client, await firstPayloads(client, record));
  if (!isRolloutInput(input)) throw beyondRetention(record, undefined);
  const { valid } = input;
  if (valid !== undefined) return { ...input, valid };
  throw new MeshwrightError('INVALID_INPUT', `${record.rollout} never was a valid pattern.`, {
    remedy: `Choose another: meshwright history ${input.pattern}`,
  });
}

async function firstPayloads(client: Client, record: RolloutRecord): Promise<Payload[] | null | undefined> {
  const { rollout: workflowId, runId } = record;
  try {
    const { history } = await client.connection.withDeadline(Date.now() + answerMilliseconds, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        maximumPageSize: 1,
      }),
    );
    return history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  } catch (error) {
    if (isGrpcServiceError(error) && notFound.has(error.code)) throw beyondRetention(record, error);
    throw error;
  }
}

function beyondRetention(record: RolloutRecord, cause: unknown): MeshwrightError {
  const { rollout, commit } = record;
  return new MeshwrightError(
    'EVIDENCE_MISSING',
    `Temporal no longer keeps what ${rollout} was started with: it is older than the namespace's retention.`,
    {
      remedy: `Revert in Git instead: bring the pattern's file back to how it was at ${commit ?? shortName(rollout)}, and commit.`,
    },
    { cause },
  );
}

/** The parts that everything here relies on; an input of an earlier release lacks later ones. */
function isRolloutInput(value: unknown): value is RolloutInput {
  return (
    typeof value === 'object' &&
    value !== null &&
    'commit' in value &&
    'pattern' in value &&
    'repository' in value
  );
}
