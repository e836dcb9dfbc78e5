import type { Client } from '@temporalio/client';
import { findRollout, listRollouts } from './records.ts';
import { readRollout } from './read.ts';
import type { RolloutRecord } from './report.ts';

/** Rollouts that are looked through. */
const mostNewer = 50;

/**
 * The rollout of a pattern's newest commit, whatever a person has started by hand since; of those that Temporal keeps.
 * @throws MeshwrightError INVALID_INPUT when the pattern has none.
 */
export async function newestCommitted(client: Client, pattern: string): Promise<RolloutRecord> {
  for (const record of await listRollouts(client, { pattern, limit: mostNewer })) {
    const { status } = await readRollout(client, record);
    if (status?.request === undefined) return record;
  }
  return findRollout(client, pattern);
}
