import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openAuthority } from '../control-plane/certificates.ts';
import { ensurePart } from '../parts/ensure.ts';
import { allocatePorts } from '../ports.ts';
import { giveTo, launchServer, ordinaryAccount } from '../processes/child-server.ts';
import { execute } from '../processes/execute.ts';
import { lastLines } from '../processes/log-file.ts';
import { silentProgress, type ProgressReporter } from '../progress/progress.ts';

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

const user = 'meshwright';
const loopback = '127.0.0.1';
const startSeconds = 60;

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
  // It refuses to run as root.
  const account = ordinaryAccount();
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
    const server = await launchServer({
      name: 'PostgreSQL',
      command: postgres,
      args: serverArguments(data, port, tls),
      directory,
      account,
      // Its fast shutdown, and its immediate one.
      stopSignal: 'SIGINT',
      killSignal: 'SIGQUIT',
    });
    await server.ready(() => saysReady(server.log), startSeconds, signal);
    task.succeed(`${loopback}:${port}`);
    return {
      url: `postgres://${user}:${password}@${loopback}:${port}/postgres`,
      authority: tls.authority,
      stop: () => server.stop(),
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

async function saysReady(log: string): Promise<string | undefined> {
  const lines = await lastLines(log, 50);
  return lines.some((line) => line.includes('ready to accept connections'))
    ? undefined
    : 'it has not said so yet';
}
