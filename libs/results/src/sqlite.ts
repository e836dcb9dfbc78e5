import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import type { Backend } from './backend.ts';
import type { Schema } from './schema.ts';

/** So long SQLite itself waits for another writer, in which nothing else in this process runs. */
const blockingMilliseconds = 100;
/** So long another writer is waited for in all. */
const patienceMilliseconds = 10_000;

/** Opens, and makes if it is not there, a database file that its owner alone can read. */
export async function openSqlite(path: string): Promise<Backend> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite itself would make a file that everybody can read.
  await (await open(path, 'a', 0o600)).close();
  const database = new DatabaseSync(path, { timeout: blockingMilliseconds });
  try {
    // Readers and one writer do not wait for one another.
    await whenFree(() => database.exec('pragma journal_mode = wal'));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    kysely: new Kysely<Schema>({ dialect: new NodeSqliteDialect({ database: asKyselyTakesIt(database) }) }),
    where: path,
    keyType: 'text',
    // The transaction itself keeps all others from writing.
    lockMigrations: () => Promise.resolve(),
  };
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #config: { database: SqliteDatabase };

  constructor(config: { database: SqliteDatabase }) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new WritingDriver(this.#config);
  }
}

/** Transactions take the right to write at once: one that reads first and then writes can fail half-way. */
class WritingDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await whenFree(() => connection.executeQuery(CompiledQuery.raw('begin immediate')));
  }
}

/** Kysely takes the interface of better-sqlite3; that of node:sqlite differs a little. */
function asKyselyTakesIt(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(query) {
      const statement = database.prepare(query);
      const bound = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...bound(parameters)),
        run: (parameters) => statement.run(...bound(parameters)),
        iterate: (parameters) => statement.iterate(...bound(parameters)),
      };
    },
  };
}

async function whenFree<T>(act: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await delay(5 + Math.random() * 20);
    }
  }
}

/** SQLITE_BUSY, whatever the extension (https://www.sqlite.org/rescode.html#busy). */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  return (code & 0xff) === 5;
}
