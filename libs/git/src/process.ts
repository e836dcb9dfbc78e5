import { type ChildProcess, spawn } from 'node:child_process';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type { GitEnvironment } from './environment.ts';

/** What a Git process left behind. */
export interface GitResult {
  code: number;
  stdout: Buffer;
  /** The end of it, as text. */
  stderr: string;
}

export interface ProcessOptions {
  environment: GitEnvironment;
  directory: string;
  /** Milliseconds after which the process is ended. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Bytes of output after which the process is ended. */
  outputLimit?: number;
}

const defaultOutputLimit = 1024 * 1024;
const stderrLimit = 16 * 1024;

/**
 * Runs a command that talks to a server, in a process group of its own: Git leaves its transport helper
 * (git-remote-https, ssh) behind when it is killed alone, and the helper of a silent server never ends.
 * @throws MeshwrightError REPOSITORY_UNREACHABLE when the time is over, INVALID_INPUT when it writes more than allowed,
 * PREREQUISITE_MISSING without git; the reason of the signal when that was aborted.
 */
export async function runGitGroup(argv: readonly string[], options: ProcessOptions): Promise<GitResult> {
  options.signal?.throwIfAborted();
  const child = spawn('git', argv, {
    cwd: options.directory,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const overflow = new AbortController();
  const stop = AbortSignal.any([timeout, overflow.signal, ...(options.signal ? [options.signal] : [])]);
  const onStop = (): void => killGroup(child);
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const result = await collect(child, options.outputLimit ?? defaultOutputLimit, overflow);
    options.signal?.throwIfAborted();
    if (overflow.signal.aborted) throw overflow.signal.reason;
    if (timeout.aborted) throw timedOut(argv[0] ?? '', options.timeoutMs);
    return result;
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

/** Ends a process that was started as the leader of a group, with all of its children. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

/** What is said when the `git` program cannot be started. */
export function cannotStart(cause: unknown): MeshwrightError {
  return new MeshwrightError(
    'PREREQUISITE_MISSING',
    `The program git cannot be started: ${messageOf(cause)}.`,
    { remedy: 'Install Git 2.39 or later and put it on the PATH.' },
    { cause },
  );
}

/** What is said when a process writes more than it is allowed to. */
export function tooMuchOutput(command: string, limit: number): MeshwrightError {
  return new MeshwrightError('INVALID_INPUT', `git ${command} answered with more than ${limit} bytes.`, {
    remedy:
      'The repository has too many refs or files for one look; name a directory or a smaller repository.',
  });
}

function timedOut(command: string, milliseconds: number): MeshwrightError {
  return new MeshwrightError(
    'REPOSITORY_UNREACHABLE',
    `git ${command} did not finish within ${milliseconds / 1000} s.`,
    { remedy: "Check the repository's server and the way to it." },
  );
}

async function collect(child: ChildProcess, limit: number, overflow: AbortController): Promise<GitResult> {
  const stdout: Buffer[] = [];
  let size = 0;
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) overflow.abort(tooMuchOutput(child.spawnargs[1] ?? '', limit));
    else stdout.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-stderrLimit);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(cannotStart(error)));
    child.once('close', (exitCode) => resolve(exitCode ?? -1));
  });
  return { code, stdout: Buffer.concat(stdout), stderr };
}
