import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chown, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { waitFor, type Condition } from '../wait.ts';
import type { Account } from './execute.ts';
import { lastLines } from './log-file.ts';

export interface ChildServerSpec {
  /** For messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The server's own: its log is written into it, and it is removed with it. */
  readonly directory: string;
  /** Whose rights the server has; this process's user unless told. */
  readonly account: Account | undefined;
  /** All that it finds in its environment; this process's own unless told. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stopSignal: NodeJS.Signals;
  /** For when it does not end by itself, or has no time to. */
  readonly killSignal: NodeJS.Signals;
}

/** A server that ends with this process at the latest and keeps nothing. */
export interface ChildServer {
  readonly log: string;
  /**
   * Looks at a condition until it holds.
   *
   * @throws MeshwrightError `NOT_READY` with the last lines of the log; the server is stopped then.
   */
  ready(condition: Condition, seconds: number, signal: AbortSignal | undefined): Promise<void>;
  /** Ends it and deletes its directory. */
  stop(): Promise<void>;
}

/** An account without rights, which every Linux has under this number. */
const nobody: Account = { uid: 65_534, gid: 65_534 };
const stopSeconds = 15;

/** Whose rights a server gets that refuses to run as root: undefined where this process is not root anyway. */
export function ordinaryAccount(): Account | undefined {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/** Gives a directory and all that is in it to an account. */
export async function giveTo(directory: string, { uid, gid }: Account): Promise<void> {
  await chown(directory, uid, gid);
  for (const path of await readdir(directory, { recursive: true }))
    await chown(join(directory, path), uid, gid);
}

/** Starts a server as a child of this process. */
export async function launchServer(spec: ChildServerSpec): Promise<ChildServer> {
  const { name, command, args, directory, account, environment, stopSignal, killSignal } = spec;
  const log = join(directory, `${name.toLowerCase()}.log`);
  const file = await open(log, 'a', 0o600);
  let child: ChildProcess;
  try {
    const options = environment === undefined ? account : { ...account, env: environment };
    child = spawn(command, args, { cwd: directory, stdio: ['ignore', file.fd, file.fd], ...options });
    await once(child, 'spawn');
  } finally {
    await file.close();
  }
  child.unref();
  const endNow = (): void => {
    child.kill(killSignal);
    // It may write a little longer.
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  process.once('exit', endNow);

  async function stop(): Promise<void> {
    process.off('exit', endNow);
    const ended = hasEnded(child) ? Promise.resolve() : once(child, 'exit');
    child.kill(stopSignal);
    const late = setTimeout(() => child.kill(killSignal), stopSeconds * 1000);
    await ended;
    clearTimeout(late);
    await rm(directory, { recursive: true, force: true });
  }

  async function ready(condition: Condition, seconds: number, signal?: AbortSignal): Promise<void> {
    const running: Condition = (look) => {
      if (hasEnded(child)) throw new MeshwrightError('NOT_READY', `${name} ended before it was ready`);
      return condition(look);
    };
    try {
      await waitFor(running, { what: name, seconds, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      const lines = await lastLines(log, 20);
      await stop();
      if (!(error instanceof MeshwrightError)) throw error;
      throw new MeshwrightError(error.code, error.message, { where: log, lines }, { cause: error });
    }
  }
  return { log, ready, stop };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
