import { MeshwrightError } from '@meshwright/model';
import { type Kysely, sql } from 'kysely';
import type { Backend } from '../backend.ts';
import type { Schema } from '../schema.ts';
import { baselines } from './0001-baselines.ts';
import type { Migration } from './migration.ts';

/** The first makes version 1. One that was released is never changed. */
const migrations: readonly Migration[] = [baselines];

/**
 * Brings a database to the version of this program. Others that open it meanwhile wait; a failure leaves it as it was.
 * @throws MeshwrightError RESULTS_INCOMPATIBLE when the database is newer.
 */
export async function migrate({ kysely, where, keyType, lockMigrations }: Backend): Promise<void> {
  // Without its table there is no version yet; every other failure comes up again below.
  const known = await versionOf(kysely).catch(() => 0);
  // Who may only read can open what needs no change.
  if (known === migrations.length) return;
  if (known > migrations.length) throw tooNew(where, known);
  await kysely.transaction().execute(async (transaction) => {
    await lockMigrations(transaction);
    await sql`create table if not exists results_migration (number integer primary key, applied_at bigint not null)`.execute(
      transaction,
    );
    const version = await versionOf(transaction);
    if (version > migrations.length) throw tooNew(where, version);
    for (const [index, statements] of migrations.entries()) {
      const number = index + 1;
      if (number <= version) continue;
      for (const statement of statements(keyType)) await sql.raw(statement).execute(transaction);
      await transaction.insertInto('results_migration').values({ number, applied_at: Date.now() }).execute();
    }
  });
}

async function versionOf(kysely: Kysely<Schema>): Promise<number> {
  const newest = await kysely
    .selectFrom('results_migration')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.number ?? 0;
}

function tooNew(where: string, version: number): MeshwrightError {
  return new MeshwrightError(
    'RESULTS_INCOMPATIBLE',
    `The results database ${where} has version ${version}; this program knows ${migrations.length}.`,
    { where, remedy: 'Use the newer Meshwright that has written it here as well.' },
  );
}
