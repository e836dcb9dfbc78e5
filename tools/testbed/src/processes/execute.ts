import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { MeshwrightError, messageOf } from '@meshwright/model';

/** A user and a group, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ExecuteOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** Whose rights it has; this process's user unless told. Only root may choose. */
  readonly account?: Account | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for each line on the error stream, as it comes. */
  readonly onErrorLine?: (line: string) => void;
}

const STDOUT_LIMIT = 16 * 1024 * 1024;
const KEPT_ERROR_LINES = 30;

/**
 * Runs a program to its end and gives what it wrote to its standard output.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when there is no such program, `INTERNAL` with the last lines of its
 * error stream when it fails; the signal's reason when it is aborted.
 */
export async function execute(
  command: string,
  args: readonly string[],
  options: ExecuteOptions,
): Promise<string> {
  options.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(options.seconds * 1000);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const child = spawn(command, args, {
    cwd: options.directory,
    ...options.account,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that its children end with it.
    detached: true,
  });
  const endGroup = (): void => killGroup(child.pid);
  signal.addEventListener('abort', endGroup, { once: true });
  const errorLines: string[] = [];
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= STDOUT_LIMIT) chunks.push(chunk);
  });
  eachLine(child.stderr, (line) => {
    errorLines.push(line);
    if (errorLines.length > KEPT_ERROR_LINES) errorLines.shift();
    options.onErrorLine?.(line);
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    options.signal?.throwIfAborted();
    if (code !== 0)
      throw failure(command, args, timeout.aborted ? options.seconds : undefined, code, errorLines);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new MeshwrightError(
        'PREREQUISITE_MISSING',
        `there is no program "${command}": ${messageOf(error)}`,
      );
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', endGroup);
  }
}

function failure(
  command: string,
  args: readonly string[],
  overran: number | undefined,
  code: number | null,
  lines: string[],
): MeshwrightError {
  const why = overran === undefined ? `failed (${code ?? 'killed'})` : `was ended after ${overran} s`;
  const last = lines.at(-1);
  return new MeshwrightError(
    'INTERNAL',
    `${[command, ...args].join(' ').slice(0, 300)} ${why}${last === undefined ? '' : `: ${last}`}`,
    { lines },
  );
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()?.slice(-4096) ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
