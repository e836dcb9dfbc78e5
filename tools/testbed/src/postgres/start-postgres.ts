import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { openAuthority } from '../control-plane/certificates.ts';
import { ensurePart } from '../parts/ensure.ts';
import { allocatePorts } from '../ports.ts';
import { execute, type Account } from '../processes/execute.ts';
import { lastLines } from '../processes/log-file.ts';
import { silentProgress, type ProgressReporter } from '../progress/progress.ts';
import { waitFor } from '../wait.ts';

export interface StartPostgresOptions {
  readonly progress?: ProgressReporter;
  readonly signal?: AbortSignal;
}

/** A PostgreSQL server on loopback that takes connections with and without TLS. */
export interface PostgresServer {
  /** `postgres://user:password@127.0.0.1:port/postgres`; the user may create databases. */
  readonly url: string;
  /** The file of the authority that has issued its certificate, for 127.0.0.1 alone. */
  readonly authority: string;
  /** Ends it and deletes what it kept. */
  stop(): Promise<void>;
}

/** An account without rights, which every Linux has under this number: PostgreSQL refuses to run as root. */
const nobody: Account = { uid: 65_534, gid: 65_534 };
const user = 'meshwright';
const loopback = '127.0.0.1';
const startSeconds = 60;
const stopSeconds = 15;

/**
 * Starts a server in a directory and on a port of its own. It ends with this process at the latest and keeps nothing.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when there is no PostgreSQL and it cannot be installed, `NOT_READY` with the
 * last lines of its log.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const { progress = silentProgress, signal } = options;
  const [initdb, postgres] = [await ensurePart('initdb', options), await ensurePart('postgres', options)];
  const { postgres: port } = await allocatePorts(['postgres']);
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-postgres-'));
  const task = progress.begin('starting PostgreSQL');
  const account = process.getuid?.() === 0 ? nobody : undefined;
  const password = randomBytes(16).toString('hex');
  try {
    const tls = await prepare(directory, password);
    if (account !== undefined) await giveTo(directory, account);
    const data = join(directory, 'data');
    await execute(initdb, initdbArguments(data, join(directory, 'password')), {
      seconds: startSeconds,
      signal,
      account,
    });
    const server = await launch(postgres, serverArguments(data, port, tls), { directory, account });
    await waitUntilReady(server, signal);
    task.succeed(`${loopback}:${port}`);
    return {
      url: `postgres://${user}:${password}@${loopback}:${port}/postgres`,
      authority: tls.authority,
      stop: () => stop(server),
    };
  } catch (error) {
    task.fail('failed');
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

interface TlsFiles {
  authority: string;
  certificate: string;
  key: string;
}

async function prepare(directory: string, password: string): Promise<TlsFiles> {
  await writeFile(join(directory, 'password'), password, { mode: 0o600 });
  const authority = await openAuthority(join(directory, 'tls'));
  const server = await authority.issue('postgres', { commonName: 'postgres', subjectAltNames: [loopback] });
  return { authority: authority.files.certificate, certificate: server.certificate, key: server.key };
}

async function giveTo(directory: string, { uid, gid }: Account): Promise<void> {
  await chown(directory, uid, gid);
  for (const path of await readdir(directory, { recursive: true }))
    await chown(join(directory, path), uid, gid);
}

function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ];
}

function serverArguments(data: string, port: number, { certificate, key }: TlsFiles): string[] {
  const settings = {
    listen_addresses: loopback,
    unix_socket_directories: '',
    ssl: 'on',
    ssl_cert_file: certificate,
    ssl_key_file: key,
    // It is made anew for every run: it need not survive a power cut.
    fsync: 'off',
    // A query whose client was killed ends soon.
    client_connection_check_interval: '200ms',
    shared_buffers: '32MB',
  };
  return [
    '-D',
    data,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

interface Server {
  child: ChildProcess;
  directory: string;
  log: string;
  endNow: () => void;
}

async function launch(
  command: string,
  args: readonly string[],
  { directory, account }: { directory: string; account: Account | undefined },
): Promise<Server> {
  const log = join(directory, 'postgres.log');
  const file = await open(log, 'a', 0o600);
  try {
    const child = spawn(command, args, { cwd: directory, stdio: ['ignore', file.fd, file.fd], ...account });
    await once(child, 'spawn');
    child.unref();
    const endNow = (): void => {
      child.kill('SIGQUIT');
      rmSync(directory, { recursive: true, force: true });
    };
    process.once('exit', endNow);
    return { child, directory, log, endNow };
  } finally {
    await file.close();
  }
}

async function waitUntilReady(server: Server, signal: AbortSignal | undefined): Promise<void> {
  const { child, log } = server;
  try {
    await waitFor(
      async () => {
        if (hasEnded(child)) throw new MeshwrightError('NOT_READY', 'PostgreSQL ended before it was ready');
        const lines = await lastLines(log, 50);
        return lines.some((line) => line.includes('ready to accept connections'))
          ? undefined
          : 'it has not said so yet';
      },
      { what: 'PostgreSQL', seconds: startSeconds, ...(signal === undefined ? {} : { signal }) },
    );
  } catch (error) {
    const lines = await lastLines(log, 20);
    await stop(server);
    if (!(error instanceof MeshwrightError)) throw error;
    throw new MeshwrightError(error.code, error.message, { where: log, lines }, { cause: error });
  }
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function stop({ child, directory, endNow }: Server): Promise<void> {
  process.off('exit', endNow);
  const ended = hasEnded(child) ? Promise.resolve() : once(child, 'exit');
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGQUIT'), stopSeconds * 1000);
  await ended;
  clearTimeout(late);
  await rm(directory, { recursive: true, force: true });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
