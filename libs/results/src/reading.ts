import type { BaselineBlock, BaselineRecord, TrialRecord } from '@meshwright/model';
import type { Kysely } from 'kysely';
import type { Schema, TrialRow } from './schema.ts';
import { isId } from './storable.ts';

/** The record of an id, or undefined. */
export async function readRecord(kysely: Kysely<Schema>, id: string): Promise<BaselineRecord | undefined> {
  // PostgreSQL would fail at a NUL.
  if (!isId(id)) return undefined;
  const row = await kysely.selectFrom('baseline').select('document').where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const trials = await kysely
    .selectFrom('baseline_trial')
    .select(['block', 'arm', 'run_order', 'document', 'latency'])
    .where('baseline_id', '=', id)
    .orderBy('block')
    .orderBy('arm')
    .execute();
  const record = JSON.parse(row.document) as BaselineRecord;
  return { ...record, status: { ...record.status, blocks: blocksOf(trials) } };
}

type Trial = Pick<TrialRow, 'arm' | 'run_order' | 'document' | 'latency'>;

/** Each block has its two trials side by side, A before B. */
function blocksOf(trials: readonly Trial[]): BaselineBlock[] {
  const blocks: BaselineBlock[] = [];
  for (let place = 0; place + 1 < trials.length; place += 2) {
    const [a, b] = [trials[place], trials[place + 1]];
    if (a === undefined || b === undefined) continue;
    blocks.push({ order: a.run_order === 1 ? ['a', 'b'] : ['b', 'a'], a: trialOf(a), b: trialOf(b) });
  }
  return blocks;
}

function trialOf({ document, latency }: Trial): TrialRecord {
  return { ...(JSON.parse(document) as Omit<TrialRecord, 'latency'>), latency };
}
