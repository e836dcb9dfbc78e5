import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { MeshwrightError, messageOf } from '@meshwright/model';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, types } from 'pg';
import type { Backend } from './backend.ts';
import type { Schema } from './schema.ts';

/** How a PostgreSQL database is reached. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. A secret. */
  url: string;
  /** Files for TLS. Without it TLS is used all the same, but for this machine. */
  tls?: PostgresTls;
}

/** Files for TLS (PEM). Without `ca` the system's authorities are believed. */
export interface PostgresTls {
  ca?: string;
  /** The client's certificate and key: both or neither. */
  certificate?: string;
  key?: string;
}

/** Of one process: results are written and read seldom. */
const mostConnections = 4;
const connectMilliseconds = 10_000;
const statementMilliseconds = 60_000;
/** Any number that nobody else is likely to lock: "mwre" in ASCII. */
const migrationLock = 0x6d77_7265;

/**
 * Opens a database. Every connection that leaves this machine uses TLS, and the server's name is verified.
 * @throws MeshwrightError INVALID_CONFIGURATION for a URL or a file that cannot be used; the URL is not repeated.
 */
export async function openPostgres({ url: text, tls }: PostgresOptions): Promise<Backend> {
  const url = checkedUrl(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const pool = new Pool({
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ssl: tls === undefined && isLoopback(host) ? false : await tlsTo(host, tls ?? {}),
    application_name: 'meshwright',
    max: mostConnections,
    connectionTimeoutMillis: connectMilliseconds,
    statement_timeout: statementMilliseconds,
    // An open store alone must not keep a command from ending.
    allowExitOnIdle: true,
    types: { getTypeParser: parserOf },
  });
  // A connection that breaks while nobody uses it is replaced at the next query.
  pool.on('error', () => undefined);
  return {
    kysely: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
    where: `${url.host}${url.pathname}`,
    keyType: 'text collate "C"',
    lockMigrations: async (transaction) => {
      await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(transaction);
    },
  };
}

/** The driver gives a `bigint` as text, because it may be too large for a number; ours are not. */
function parserOf(...[type, format]: Parameters<typeof types.getTypeParser>): unknown {
  return type === types.builtins.INT8 ? Number : (types.getTypeParser(type, format) as unknown);
}

function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  const why = problemOf(url);
  if (url !== null && why === undefined) return url;
  throw new MeshwrightError(
    'INVALID_CONFIGURATION',
    `The address that results.postgres.url names ${why ?? 'is no URL'}.`,
    { remedy: 'Write postgres://user:password@host:port/database there.' },
  );
}

function problemOf(url: URL | null): string | undefined {
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) return 'is no URL of PostgreSQL';
  if (url.hostname === '') return 'has no host';
  if (url.username === '') return 'has no user';
  if (!/^\/[^/]+$/.test(url.pathname)) return 'names no database';
  // sslmode and its like could turn verification off.
  if (url.search !== '' || url.hash !== '')
    return 'has options after the database; TLS is configured in results.postgres.tls';
  return undefined;
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|::1|127(?:\.\d{1,3}){3})$/i.test(host);
}

async function tlsTo(host: string, { ca, certificate, key }: PostgresTls): Promise<ConnectionOptions> {
  return {
    // Without it the certificate of a server that is reached by its address would be held against "localhost".
    host,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: await readPem('ca', ca) }),
    ...(certificate === undefined ? {} : { cert: await readPem('certificate', certificate) }),
    ...(key === undefined ? {} : { key: await readPem('key', key) }),
  };
}

async function readPem(field: keyof PostgresTls, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `results.postgres.tls.${field}: cannot read ${path}: ${messageOf(error)}`,
      { remedy: 'Check that the file exists and that this user may read it.' },
    );
  }
}
