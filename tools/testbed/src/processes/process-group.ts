import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { isMissing, readFileIfPresent, writeFileAtomically } from '../files.ts';
import type { Condition } from '../wait.ts';
import { waitFor } from '../wait.ts';
import { processIdentity } from './identity.ts';
import { spawnDetached } from './spawn.ts';
import { endProcess } from './end-process.ts';
import { lastLines } from './log-file.ts';

/** A program to be kept running. */
export interface ProcessSpec {
  /** What it is called in files, logs and messages: lower-case words with hyphens. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Holds when the program does its work. Without it the program counts as ready once it runs. */
  readonly ready?: Condition;
  readonly readyWithinSeconds?: number;
}

/** What is remembered about a started program, in `<directory>/processes/<name>.json`. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly log: string;
  readonly startedAt: string;
  /** Programs stop in the reverse order of this number. */
  readonly order: number;
}

export interface ProcessStatus extends ProcessRecord {
  readonly running: boolean;
}

/** The programs that belong to one directory. They outlive the process that started them. */
export interface ProcessGroup {
  /**
   * Starts a program and waits until it is ready; one that runs already is left running.
   *
   * @throws MeshwrightError `NOT_READY` with the last lines of its log when it ends early or is not ready in time; it is
   * stopped before the error is thrown.
   */
  start(spec: ProcessSpec): Promise<ProcessRecord>;
  /** Stops a program: SIGTERM, then SIGKILL. False when it was not running. Never touches a reused process number. */
  stop(name: string): Promise<boolean>;
  /** Stops every program, the last started first, and gives the names of those that were running. */
  stopAll(): Promise<string[]>;
  /** All programs that were started and not stopped, in order of their start. */
  list(): Promise<ProcessStatus[]>;
  /** Where a program's output goes. */
  logPath(name: string): string;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const READY_WITHIN_SECONDS = 60;

/** Opens the group of programs whose records and logs lie in a directory. */
export function openProcessGroup(directory: string, signal?: AbortSignal): ProcessGroup {
  const records = join(directory, 'processes');
  const logPath = (name: string): string => join(directory, 'logs', `${name}.log`);
  const recordPath = (name: string): string => join(records, `${name}.json`);

  async function read(name: string): Promise<ProcessStatus | undefined> {
    const text = await readFileIfPresent(recordPath(name));
    if (text === undefined) return undefined;
    const record = JSON.parse(text) as ProcessRecord;
    return { ...record, running: (await processIdentity(record.pid)) === record.identity };
  }

  async function list(): Promise<ProcessStatus[]> {
    const statuses: ProcessStatus[] = [];
    for (const file of await filesIn(records)) {
      if (!file.endsWith('.json')) continue;
      const status = await read(file.slice(0, -'.json'.length));
      if (status !== undefined) statuses.push(status);
    }
    return statuses.sort((a, b) => a.order - b.order);
  }

  async function stop(name: string): Promise<boolean> {
    const status = await read(name);
    if (status === undefined) return false;
    if (status.running) await endProcess(status);
    await rm(recordPath(name), { force: true });
    return status.running;
  }

  async function launch(spec: ProcessSpec): Promise<ProcessRecord> {
    const order = (await list()).reduce((highest, { order }) => Math.max(highest, order), 0) + 1;
    const log = logPath(spec.name);
    const { pid, identity } = await spawnDetached(spec, log);
    const { name, command, args } = spec;
    const record = { name, pid, identity, command, args, log, startedAt: new Date().toISOString(), order };
    await writeFileAtomically(recordPath(name), JSON.stringify(record, undefined, 2));
    return record;
  }

  async function becomeReady(spec: ProcessSpec, record: ProcessRecord): Promise<void> {
    await waitFor(
      async (lookSignal) => {
        if ((await processIdentity(record.pid)) !== record.identity) {
          throw new MeshwrightError('NOT_READY', `${spec.name} ended before it was ready`);
        }
        return spec.ready?.(lookSignal);
      },
      {
        what: spec.name,
        seconds: spec.readyWithinSeconds ?? READY_WITHIN_SECONDS,
        ...(signal === undefined ? {} : { signal }),
      },
    );
  }

  return {
    logPath,
    list,
    stop,
    async start(spec) {
      if (!NAME.test(spec.name)) {
        throw new MeshwrightError('INVALID_INPUT', `"${spec.name}" cannot be the name of a process`);
      }
      const known = await read(spec.name);
      const record = known?.running === true ? known : await launch(spec);
      try {
        await becomeReady(spec, record);
        return record;
      } catch (error) {
        await stop(spec.name);
        if (!(error instanceof MeshwrightError)) throw error;
        const lines = await lastLines(record.log, 20);
        throw new MeshwrightError(error.code, error.message, { where: record.log, lines }, { cause: error });
      }
    },
    async stopAll() {
      const stopped: string[] = [];
      for (const { name } of (await list()).reverse()) {
        if (await stop(name)) stopped.push(name);
      }
      return stopped;
    },
  };
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
