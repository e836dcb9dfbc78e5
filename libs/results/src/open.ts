import { type Backend, guarded } from './backend.ts';
import { listBaselines } from './listing.ts';
import { migrate } from './migrations/migrate.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';
import { readRecord } from './reading.ts';
import { saveRecord } from './saving.ts';
import { readSeries } from './series.ts';
import { openSqlite } from './sqlite.ts';
import type { ResultsStore } from './store.ts';

/** Where the results are: a file, which is made if it is not there, or a PostgreSQL database. */
export type ResultsOptions = { sqlite: string } | { postgres: PostgresOptions };

/**
 * The results database, brought to the version of this program.
 * @throws MeshwrightError RESULTS_UNAVAILABLE, RESULTS_INCOMPATIBLE when it is newer than this program, and
 *   INVALID_CONFIGURATION.
 */
export async function openResults(options: ResultsOptions): Promise<ResultsStore> {
  const backend = await openBackend(options);
  const { kysely, where } = backend;
  try {
    await guarded(where, () => migrate(backend));
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
  return {
    where,
    save: (record) => guarded(where, () => saveRecord(kysely, record)),
    get: (id) => guarded(where, () => readRecord(kysely, id)),
    list: (query = {}) => guarded(where, () => listBaselines(kysely, query)),
    series: (query) => guarded(where, () => readSeries(kysely, query)),
    close: () => kysely.destroy(),
  };
}

/** The database as it is. */
export function openBackend(options: ResultsOptions): Promise<Backend> {
  return 'sqlite' in options
    ? guarded(options.sqlite, () => openSqlite(options.sqlite))
    : guarded('in PostgreSQL', () => openPostgres(options.postgres));
}
