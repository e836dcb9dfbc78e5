import { type BaselineRecord, MeshwrightError } from '@meshwright/model';
import type { Kysely } from 'kysely';
import { rowsOf } from './rows.ts';
import type { Schema } from './schema.ts';
import { storable } from './storable.ts';

/** Keeps a record in one transaction; one that is there already stays as it is. */
export async function saveRecord(kysely: Kysely<Schema>, record: BaselineRecord): Promise<void> {
  const { baseline, metrics, trials, costs } = rowsOf(storable(record));
  await kysely.transaction().execute(async (transaction) => {
    // First, so that of two that save the same at once one waits for the other here.
    const { numInsertedOrUpdatedRows: inserted = 0n } = await transaction
      .insertInto('baseline')
      .values(baseline)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirstOrThrow();
    if (inserted === 0n) {
      await refuseAnother(transaction, baseline);
      return;
    }
    if (metrics.length > 0) await transaction.insertInto('baseline_metric').values(metrics).execute();
    if (trials.length > 0) await transaction.insertInto('baseline_trial').values(trials).execute();
    if (costs.length > 0) await transaction.insertInto('baseline_cost').values(costs).execute();
  });
}

async function refuseAnother(
  kysely: Kysely<Schema>,
  { id, digest }: { id: string; digest: string },
): Promise<void> {
  const kept = await kysely.selectFrom('baseline').select('digest').where('id', '=', id).executeTakeFirst();
  if (kept?.digest === digest) return;
  throw new MeshwrightError('INVALID_INPUT', `Another baseline than this one was saved as ${id}.`, {
    remedy: 'What was measured is never replaced: save it under an id of its own.',
  });
}
