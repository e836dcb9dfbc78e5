import type { Client } from '@temporalio/client';
import { listRollouts } from './records.ts';
import { readRollout } from './read.ts';
import type { RolloutRecord, RolloutReport } from './report.ts';

/** Rollouts that are read at once. */
const atOnce = 10;

/** The rollouts of a pattern with what each told, newest first; at most `limit`. */
export async function readHistory(client: Client, pattern: string, limit: number): Promise<RolloutReport[]> {
  const records = await listRollouts(client, { pattern, limit });
  const reports: RolloutReport[] = [];
  for (let first = 0; first < records.length; first += atOnce) {
    const batch = records.slice(first, first + atOnce);
    reports.push(...(await Promise.all(batch.map((record) => readOne(client, record)))));
  }
  return reports;
}

/** A rollout that is older than the namespace keeps histories is still listed for a while. */
async function readOne(client: Client, record: RolloutRecord): Promise<RolloutReport> {
  try {
    return await readRollout(client, record);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
    return { record, notes: ['Temporal no longer keeps its history.'] };
  }
}
