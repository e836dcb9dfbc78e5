import type { BaselineBlock, BaselineRecord, TrialRecord } from '@meshwright/model';
import type { Kysely } from 'kysely';
import type { Schema, TrialRow } from './schema.ts';
import { isId, sides } from './storable.ts';

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

type Trial = Pick<TrialRow, 'block' | 'arm' | 'run_order' | 'document' | 'latency'>;

function blocksOf(trials: readonly Trial[]): BaselineBlock[] {
  const byBlock = Map.groupBy(trials, ({ block }) => block);
  return [...byBlock.values()].flatMap((own) => blockOf(new Map(own.map((trial) => [trial.arm, trial]))));
}

function blockOf(trials: ReadonlyMap<string, Trial>): BaselineBlock[] {
  const [a, b, controlA, controlB] = sides.map((side) => trials.get(side));
  if (a === undefined || b === undefined) return [];
  return [
    {
      order: a.run_order === 1 ? ['a', 'b'] : ['b', 'a'],
      a: trialOf(a),
      b: trialOf(b),
      ...(controlA === undefined ? {} : { controlA: trialOf(controlA) }),
      ...(controlB === undefined ? {} : { controlB: trialOf(controlB) }),
    },
  ];
}

function trialOf({ document, latency }: Trial): TrialRecord {
  return { ...(JSON.parse(document) as Omit<TrialRecord, 'latency'>), latency };
}
