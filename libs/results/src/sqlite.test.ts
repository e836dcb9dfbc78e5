import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openResults } from './open.ts';
import { resultsContract } from './test-support/contract.ts';
import { sampleRecord } from './test-support/records.ts';

const directories: string[] = [];

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-results-'));
  directories.push(directory);
  return directory;
}

async function removeDirectories(): Promise<void> {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
}

resultsContract({
  name: 'SQLite',
  create: async () => ({ sqlite: join(await newDirectory(), 'results.db') }),
  remove: removeDirectories,
  failing: [
    `create trigger half_way before insert on baseline_trial when new.block = 1
     begin select raise(abort, 'the disk is full'); end`,
  ],
  stalling: [
    'create view endless as with recursive n(x) as (select 1 union all select x + 1 from n) select x from n where x < 0',
    `create trigger half_way before insert on baseline_trial when new.block = 1
     begin select count(*) from endless; end`,
  ],
  mended: 'drop trigger half_way',
  async isSaving({ kysely }) {
    try {
      await sql`pragma busy_timeout = 0`.execute(kysely);
      await kysely.connection().execute(async (connection) => {
        await sql`begin immediate`.execute(connection);
        await sql`rollback`.execute(connection);
      });
      return false;
    } catch (error) {
      if (error instanceof Error && error.message.includes('locked')) return true;
      throw error;
    }
  },
  explain: sql`explain query plan`,
  keyIndex: /sqlite_autoindex_baseline_1/,
  wholeTable: /SCAN baseline(?! USING)/,
  analyze: 'analyze',
});

describe('the file', () => {
  let path = '';
  beforeEach(async () => {
    path = join(await newDirectory(), 'a', 'b', 'results.db');
  });
  afterEach(removeDirectories);

  it('is made with its folders, for its owner alone', async () => {
    const store = await openResults({ sqlite: path });
    await store.save(sampleRecord({ id: 'run-1' }));
    for (const file of [path, `${path}-wal`]) expect((await stat(file)).mode & 0o077, file).toBe(0);
    await store.close();
  });

  it('is refused when it is something else, and left as it is', async () => {
    const other = join(await newDirectory(), 'notes.txt');
    await writeFile(other, 'This is no database at all, but a text that somebody wants to keep. '.repeat(20));
    await expect(openResults({ sqlite: other })).rejects.toMatchObject({
      code: 'RESULTS_UNAVAILABLE',
      message: expect.stringContaining(other) as string,
    });
    expect((await stat(other)).size).toBeGreaterThan(1_000);
  });

  it('is refused where it cannot be made', async () => {
    await expect(openResults({ sqlite: '/dev/null/results.db' })).rejects.toMatchObject({
      code: 'RESULTS_UNAVAILABLE',
    });
  });
});
