import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openResults, type ResultsOptions } from './open.ts';
import { resultsContract } from './test-support/contract.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server that vitest's global set-up has started, or why there is none. */
    postgres: { url: string; authority: string } | { missing: string };
  }
}

function server(): { url: string; authority: string } {
  const postgres = inject('postgres');
  if ('missing' in postgres) throw new Error(postgres.missing);
  return postgres;
}

// Without a server this file fails once, with the reason, and not in every test.
beforeAll(() => void server());

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: server().url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const databases: string[] = [];

/** An empty database of its own on the server. */
async function create(): Promise<{ postgres: { url: string } }> {
  const name = `results_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  databases.push(name);
  const url = new URL(server().url);
  url.pathname = `/${name}`;
  return { postgres: { url: url.href } };
}

async function remove(): Promise<void> {
  for (const name of databases.splice(0)) await administer(`drop database ${name} with (force)`);
}

function trigger(body: string): string[] {
  return [
    `create function half_way() returns trigger language plpgsql as $$ begin ${body} return new; end $$`,
    'create trigger half_way before insert on baseline_trial for each row when (new.block = 1) execute function half_way()',
  ];
}

resultsContract({
  name: 'PostgreSQL',
  create,
  remove,
  failing: trigger("raise exception 'the disk is full';"),
  stalling: trigger('perform pg_sleep(600);'),
  mended: 'drop trigger half_way on baseline_trial',
  async isSaving({ kysely }) {
    const { rows } = await sql`
      select 1 from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and wait_event = 'PgSleep'`.execute(
      kysely,
    );
    return rows.length > 0;
  },
  explain: sql`explain`,
  keyIndex: /baseline_pkey/,
  wholeTable: /Seq Scan on baseline/,
  analyze: 'analyze',
});

describe('the connection', () => {
  afterEach(remove);

  async function opened({ postgres }: Extract<ResultsOptions, { postgres: object }>): Promise<unknown> {
    try {
      const store = await openResults({ postgres });
      await store.close();
      return 'opened';
    } catch (error) {
      return error;
    }
  }

  it('is refused without the right password, which no error repeats', async () => {
    const { postgres } = await create();
    const url = new URL(postgres.url);
    url.password = 'hunter2';
    const error = await opened({ postgres: { url: url.href } });
    expect(error).toMatchObject({ code: 'RESULTS_UNAVAILABLE' });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });

  it('that cannot be made says why', async () => {
    const error = await opened({ postgres: { url: 'postgres://me:hunter2@localhost:1/db' } });
    expect(error).toMatchObject({
      code: 'RESULTS_UNAVAILABLE',
      message: expect.stringMatching(/localhost:1\/db failed: .*ECONNREFUSED/) as string,
    });
  });

  it('is made with TLS to a server whose authority is believed', async () => {
    const { postgres } = await create();
    expect(await opened({ postgres: { ...postgres, tls: { ca: server().authority } } })).toBe('opened');
  });

  it('is refused with TLS to a server of another authority, or of another name', async () => {
    const { postgres } = await create();
    const stranger = await opened({ postgres: { ...postgres, tls: {} } });
    expect(stranger).toMatchObject({
      code: 'RESULTS_UNAVAILABLE',
      message: expect.stringMatching(/certificate/i) as string,
    });
    // Another name of this machine, which the certificate does not have.
    const url = postgres.url.replace('127.0.0.1', 'localhost');
    const elsewhere = await opened({ postgres: { url, tls: { ca: server().authority } } });
    expect(elsewhere).toMatchObject({
      code: 'RESULTS_UNAVAILABLE',
      message: expect.stringMatching(/localhost/) as string,
    });
  });

  it.each([
    ['no URL', 'hunter2'],
    ['another protocol', 'https://me:hunter2@127.0.0.1/db'],
    ['no user', 'postgres://127.0.0.1/hunter2'],
    ['no database', 'postgres://me:hunter2@127.0.0.1'],
    ['options that could turn TLS off', 'postgres://me:hunter2@127.0.0.1/db?sslmode=no-verify'],
  ])('is refused for an address with %s, which is not repeated', async (_, url) => {
    const error = await opened({ postgres: { url } });
    expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION' });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });

  it('is refused where a file for TLS is missing', async () => {
    const { postgres } = await create();
    const ca = join(tmpdir(), 'meshwright-no-such-authority.pem');
    expect(await opened({ postgres: { ...postgres, tls: { ca } } })).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('results.postgres.tls.ca') as string,
    });
  });
});
