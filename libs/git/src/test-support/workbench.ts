import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A working copy and the bare repository it pushes to, both real and in a directory of their own. */
export interface Workbench {
  /** Everything is below it; `dispose` removes it. */
  directory: string;
  /** The bare repository. */
  origin: string;
  /** The working copy. */
  work: string;
  /** Runs git in the working copy; gives its output without the last line break. */
  git(...argv: string[]): Promise<string>;
  /** Runs git in the bare repository. */
  gitOrigin(...argv: string[]): Promise<string>;
  /** Writes an object as it is, however malformed, into the bare repository; gives its id. */
  object(type: 'blob' | 'tree' | 'commit', content: string | Uint8Array): Promise<string>;
  write(path: string, content: string | Uint8Array): Promise<void>;
  link(path: string, target: string): Promise<void>;
  /** Commits everything in the working copy; gives the commit's id. */
  commit(message: string, ...options: string[]): Promise<string>;
  /** Pushes the present commit to a branch of the bare repository, with force. */
  push(branch?: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Makes a workbench whose bare repository is empty and whose HEAD names the branch `main`. */
export async function createWorkbench(): Promise<Workbench> {
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-git-'));
  const origin = join(directory, 'origin.git');
  const work = join(directory, 'work');
  const environment = {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
  const gitIn = async (cwd: string, argv: string[]): Promise<string> => {
    const { stdout } = await run('git', argv, { cwd, env: environment, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trimEnd();
  };
  await gitIn(directory, ['init', '--quiet', '--bare', '--initial-branch=main', origin]);
  await gitIn(directory, ['init', '--quiet', '--initial-branch=main', work]);
  const bench: Workbench = {
    directory,
    origin,
    work,
    git: (...argv) => gitIn(work, argv),
    gitOrigin: (...argv) => gitIn(origin, argv),
    async object(type, content) {
      const argv = ['hash-object', '-t', type, '-w', '--literally', '--stdin'];
      const writing = run('git', argv, { cwd: origin, env: environment });
      writing.child.stdin?.end(content);
      return (await writing).stdout.trimEnd();
    },
    async write(path, content) {
      await mkdir(dirname(join(work, path)), { recursive: true });
      await writeFile(join(work, path), content);
    },
    async link(path, target) {
      await mkdir(dirname(join(work, path)), { recursive: true });
      await symlink(target, join(work, path));
    },
    async commit(message, ...options) {
      await bench.git('add', '--all');
      await bench.git('commit', '--quiet', '--allow-empty', '--message', message, ...options);
      return bench.git('rev-parse', 'HEAD');
    },
    async push(branch = 'main') {
      await bench.git('push', '--quiet', '--force', origin, `HEAD:refs/heads/${branch}`);
    },
    async dispose() {
      await rm(directory, { recursive: true, force: true });
    },
  };
  return bench;
}
