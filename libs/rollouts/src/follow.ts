import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { isFinal, Phase } from '@meshwright/model';
import { listRollouts, recordOf } from './records.ts';
import { readRollout } from './read.ts';
import { phaseOfReport, type RolloutRecord, type RolloutReport } from './report.ts';

const lookEveryMs = 1_000;
/** How often in a row Temporal may fail to answer before watching ends with its error. */
const patience = 30;

/**
 * A rollout as it goes on, looked at every second; ends after the report in which it is over, or when the
 * signal aborts. Temporal may be away for half a minute.
 */
export async function* followRollout(
  client: Client,
  record: RolloutRecord,
  signal: AbortSignal,
): AsyncGenerator<RolloutReport> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const report = await readRollout(client, await describe(client, record));
      failures = 0;
      yield report;
      if (isOver(report)) return;
    } catch (error) {
      failures += 1;
      if (failures > patience || !isTransport(error)) throw error;
    }
    await pause(signal);
  }
}

/** The newest rollout that runs, or the next that starts; undefined when the signal aborts. */
export async function nextRollout(client: Client, signal: AbortSignal): Promise<RolloutRecord | undefined> {
  while (!signal.aborted) {
    const [newest] = await listRollouts(client, { running: true, limit: 100 });
    if (newest !== undefined) return newest;
    await pause(signal);
  }
  return undefined;
}

/** Over when the execution has ended: its last words may come a moment after its last phase. */
function isOver(report: RolloutReport): boolean {
  const { state } = report.record;
  if (state === 'running' || state === 'unknown' || state === 'continued-as-new') return false;
  return isFinal(phaseOfReport(report) ?? Phase.failed);
}

async function describe(client: Client, record: RolloutRecord): Promise<RolloutRecord> {
  return recordOf(await client.workflow.getHandle(record.rollout).describe());
}

function isTransport(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return false;
  return error instanceof ServiceError || isGrpcServiceError(error);
}

async function pause(signal: AbortSignal): Promise<void> {
  // An abort ends the pause early; the caller's loop sees the signal.
  await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
}
