import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Engine, startEngine, type Workspace } from '@meshwright/quickstart';
import { eventually } from './eventually.ts';

const clockShift = fileURLToPath(new URL('../faults/clock-shift.ts', import.meta.url));

/** The standalone worker as a process that dies and comes back. */
export interface Worker {
  start(): Promise<void>;
  /** Kill -9, and at once another. */
  crash(): Promise<void>;
  /** Another beside it, of the same sources in a bundle of another checksum; gives what ends it with kill -9. */
  startOther(): Promise<{ log: string; kill(): void }>;
  /** Shifts the clock of the worker; 0 is the true time. Settled when the worker has it. */
  shiftClock(milliseconds: number): Promise<void>;
  /** The logs of all processes so far. */
  logs(): string[];
  stop(): Promise<void>;
}

/** A worker that is not started yet. */
export function openWorker(workspace: Workspace, environment: Record<string, string>): Worker {
  const clock = join(workspace.directory, 'clock');
  const options = {
    nodeOptions: ['--import', clockShift],
    environment: { ...environment, MESHWRIGHT_CHAOS_CLOCK: clock },
  };
  const otherLog = join(workspace.directory, 'other.log');
  let engine: Engine | undefined;
  const kill = async (): Promise<void> => {
    const dying = engine;
    engine = undefined;
    if (dying === undefined) return;
    process.kill(dying.pid, 'SIGKILL');
    await dying.ended.catch(() => undefined);
  };
  const start = async (): Promise<void> => {
    engine = await startEngine(workspace, options);
  };
  return {
    start,
    async crash() {
      await kill();
      await start();
    },
    async startOther() {
      const cache = join(workspace.directory, 'other-cache');
      await otherBundles(cache);
      const place = { ...workspace, log: otherLog };
      const other = await startEngine(place, {
        ...options,
        environment: { ...options.environment, XDG_CACHE_HOME: cache },
      });
      return { log: otherLog, kill: () => void process.kill(other.pid, 'SIGKILL') };
    },
    async shiftClock(milliseconds) {
      await rm(`${clock}.seen`, { force: true });
      // Whole at once: a worker that reads an empty file would take it for the true time.
      await writeFile(`${clock}.next`, String(milliseconds));
      await rename(`${clock}.next`, clock);
      await eventually('the worker to take its clock', async () => {
        const taken = await readFile(`${clock}.seen`, 'utf8');
        return taken === String(milliseconds) ? true : undefined;
      });
    },
    logs: () => [workspace.log, otherLog],
    stop: kill,
  };
}

/** Copies of the bundles, each with a comment more: Temporal tells workers' builds by the checksum. */
async function otherBundles(cache: string): Promise<void> {
  const directories = ['meshwright', 'workflow-bundles'];
  const from = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), ...directories);
  const to = join(cache, ...directories);
  await mkdir(to, { recursive: true });
  for (const file of await readdir(from)) {
    // Not at the end, where the source map is.
    await writeFile(join(to, file), `// another build\n${await readFile(join(from, file), 'utf8')}`);
  }
}
