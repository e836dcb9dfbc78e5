import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

import { MeshwrightError } from '@meshwright/model';

export interface LockOptions {
  readonly seconds: number;
  readonly signal?: AbortSignal;
  /** Called once, when somebody else holds the lock. */
  readonly onWait?: () => void;
}

const SQLITE_BUSY = 5;
const LOOK_INTERVAL_MS = 150;

/**
 * Runs a task while no other process (and no other task of this one) holds the lock at `path`. The lock is an exclusive
 * transaction of an SQLite file: the operating system drops it when its holder dies, so no lock is ever stale.
 *
 * @throws MeshwrightError `NOT_READY` when the lock is not free in time.
 */
export async function withLock<Result>(
  path: string,
  options: LockOptions,
  task: () => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    await acquire(database, path, options);
    return await task();
  } finally {
    database.close();
  }
}

async function acquire(database: DatabaseSync, path: string, options: LockOptions): Promise<void> {
  const deadline = Date.now() + options.seconds * 1000;
  let told = false;
  while (!tryAcquire(database)) {
    if (Date.now() >= deadline) {
      throw new MeshwrightError('NOT_READY', `the lock ${path} was still held after ${options.seconds} s`, {
        remedy: 'Wait for the other command, or end it, and start again.',
      });
    }
    if (!told) options.onWait?.();
    told = true;
    await delay(LOOK_INTERVAL_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
}

function tryAcquire(database: DatabaseSync): boolean {
  try {
    // Nothing is ever written, so there is nothing to keep a journal of.
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
