import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MeshwrightError } from '@meshwright/model';
import type { Workspace } from './workspace.ts';

const standalone = fileURLToPath(new URL('../../../workers/standalone/src/main.ts', import.meta.url));
const stopMilliseconds = 20_000;

/** The standalone worker, running as a process of its own. */
export interface Engine {
  pid: number;
  /** Rejects when the process ends without having been asked to. */
  ended: Promise<never>;
  stop(): Promise<void>;
}

/** What may differ from a plain start. */
export interface EngineOptions {
  /** Options of Node, before the program. */
  nodeOptions?: readonly string[];
  /** Variables beside those of this process. */
  environment?: Readonly<Record<string, string>>;
}

/** Starts the standalone worker with the workspace's configuration; its output goes to the workspace's log. */
export async function startEngine(workspace: Workspace, options: EngineOptions = {}): Promise<Engine> {
  const { nodeOptions = [], environment } = options;
  const log = await open(workspace.log, 'a', 0o600);
  const program = [...nodeOptions, standalone, '--config', workspace.configuration];
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, ...environment },
  });
  await log.close();
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const state = { stopping: false };
  const ended = exit.then(async (code): Promise<never> => {
    if (state.stopping) return new Promise<never>(() => undefined);
    throw new MeshwrightError(
      'INTERNAL',
      `The standalone worker ended by itself (exit code ${code ?? 'none'}).`,
      {
        remedy: `Its log is ${workspace.log}.`,
      },
    );
  });
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ended,
    async stop() {
      state.stopping = true;
      await endProcess(child, exit);
    },
  };
}

async function endProcess(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds);
  try {
    await exit;
  } finally {
    clearTimeout(timer);
  }
}
