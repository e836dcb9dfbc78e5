import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { GITEA_MODULE } from '../parts/catalogue.ts';
import { ensurePart, partContext } from '../parts/ensure.ts';
import { goModuleSource } from '../parts/go-build.ts';
import { makeWritable } from '../parts/writable.ts';
import { allocatePorts } from '../ports.ts';
import { giveTo, launchServer, ordinaryAccount } from '../processes/child-server.ts';
import { execute, type Account } from '../processes/execute.ts';
import { silentProgress, type ProgressReporter } from '../progress/progress.ts';
import { callGitea, createUser, type GiteaCall, type GiteaUser } from './administration.ts';
import { giteaConfiguration } from './configuration.ts';

export interface StartGiteaOptions {
  /** How many entries a page of its API holds at most; 50 as Gitea has it. Small ones make a test see many pages. */
  readonly pageSize?: number;
  readonly progress?: ProgressReporter;
  readonly signal?: AbortSignal;
}

/** A Gitea server on loopback. Its API, webhooks and Git over HTTP are whole; its web pages have no style sheets. */
export interface GiteaServer {
  /** `http://127.0.0.1:port`; a repository is `<this>/<owner>/<name>.git`, with a user's token as the password. */
  readonly url: string;
  /** May do everything, in the name of the administrator `testbed-admin`. */
  readonly adminToken: string;
  createUser(name: string): Promise<GiteaUser>;
  /** Asks its API for something, as the administrator unless a token is given, and gives the answer. */
  call<Answer>(call: Omit<GiteaCall, 'authorization'> & { token?: string }): Promise<Answer>;
  /** Ends it and deletes what it kept. */
  stop(): Promise<void>;
}

const admin = 'testbed-admin';
const loopback = '127.0.0.1';
const startSeconds = 120;
/** What Gitea reads of its own source when it runs. */
const fileFolders = ['options', 'public', 'templates'];

/**
 * Starts a server in a directory and on a port of its own. It ends with this process at the latest and keeps nothing. The
 * first start on a machine builds it, which takes minutes.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when it cannot be had, `NOT_READY` with the last lines of its log.
 */
export async function startGitea(options: StartGiteaOptions = {}): Promise<GiteaServer> {
  const { progress = silentProgress, pageSize = 50, signal } = options;
  const built = await ensurePart('gitea', options);
  const { gitea: port } = await allocatePorts(['gitea']);
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-gitea-'));
  const task = progress.begin('starting Gitea');
  // It refuses to run as root.
  const account = ordinaryAccount();
  const url = `http://${loopback}:${port}`;
  try {
    const { command, files } = await install(built, directory, account, options);
    const configuration = join(directory, 'app.ini');
    await writeFile(configuration, giteaConfiguration({ directory, url, files, pageSize }), { mode: 0o600 });
    if (account !== undefined) await giveTo(directory, account);
    const environment = { PATH: process.env.PATH ?? '', HOME: directory, GITEA_WORK_DIR: directory };
    const args = ['web', '--config', configuration];
    const server = await launchServer({
      ...{ name: 'Gitea', command, args, directory, account, environment },
      stopSignal: 'SIGTERM',
      killSignal: 'SIGKILL',
    });
    await server.ready((look) => answers(url, look), startSeconds, signal);
    const rights = { directory, account, signal };
    const adminToken = await createAdministrator(command, configuration, rights).catch(
      async (error: unknown) => {
        await server.stop();
        throw error;
      },
    );
    task.succeed(url);
    return {
      url,
      adminToken,
      createUser: (name) => createUser(url, adminToken, name),
      call: ({ token = adminToken, ...call }) => callGitea(url, { ...call, authorization: `token ${token}` }),
      stop: () => server.stop(),
    };
  } catch (error) {
    task.fail('failed');
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** The program and its files where the account can read them: root's own cache is closed to it. */
async function install(
  built: string,
  directory: string,
  account: Account | undefined,
  options: StartGiteaOptions,
): Promise<{ command: string; files: string | undefined }> {
  const command = account === undefined ? built : join(directory, 'gitea');
  if (command !== built) await copyFile(built, command);
  // A released program carries its files, and says so among the tags it was built with. None could be tried here.
  const version = await execute(built, ['--version'], { seconds: 30, signal: options.signal });
  if (version.includes('bindata')) return { command, files: undefined };
  const source = await goModuleSource('gitea', GITEA_MODULE, partContext(options));
  if (account === undefined) return { command, files: source };
  const files = join(directory, 'files');
  for (const folder of fileFolders) await cp(join(source, folder), join(files, folder), { recursive: true });
  await makeWritable(files);
  return { command, files };
}

async function answers(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/api/healthz`, { signal });
    await response.body?.cancel();
    return response.ok ? undefined : `it answers with ${response.status}`;
  } catch {
    return 'it does not answer yet';
  }
}

async function createAdministrator(
  command: string,
  configuration: string,
  rights: { directory: string; account: Account | undefined; signal: AbortSignal | undefined },
): Promise<string> {
  const args = [
    ...['admin', 'user', 'create', '--config', configuration, '--admin'],
    ...['--username', admin, '--email', `${admin}@gitea.invalid`],
    ...['--random-password', '--access-token', '--access-token-scopes', 'all'],
  ];
  const environment = { HOME: rights.directory, GITEA_WORK_DIR: rights.directory };
  const said = await execute(command, args, { ...rights, environment, seconds: startSeconds });
  const token = /\b[0-9a-f]{40}\b/.exec(said)?.[0];
  if (token === undefined)
    throw new MeshwrightError('INTERNAL', 'Gitea made an administrator without a token');
  return token;
}
