import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { MeshwrightError, messageOf } from '@meshwright/model';

import { isMissing } from '../files.ts';
import { processIdentity } from './identity.ts';

export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a started program inherits; everything else of the environment, credentials above all, stays behind. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'USER', 'LOGNAME'];

/**
 * Starts a program in a session of its own, so that it outlives this process and a Ctrl-C of its terminal. Its output
 * goes to the log file; the log of the run before is kept as `<log>.1`.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when it cannot be started at all.
 */
export async function spawnDetached(launch: Launch, log: string): Promise<{ pid: number; identity: string }> {
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  await keepPreviousLog(log);
  const file = await open(log, 'a', 0o600);
  try {
    const child = spawn(launch.command, launch.args, {
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
      env: { ...inheritedEnvironment(), ...launch.environment },
    });
    await once(child, 'spawn').catch((error: unknown) => {
      throw new MeshwrightError(
        'PREREQUISITE_MISSING',
        `${launch.name} could not be started from ${launch.command}: ${messageOf(error)}`,
      );
    });
    child.unref();
    const { pid } = child;
    const identity = pid === undefined ? undefined : await processIdentity(pid);
    if (pid === undefined || identity === undefined) {
      throw new MeshwrightError('NOT_READY', `${launch.name} ended at once`, { where: log });
    }
    return { pid, identity };
  } finally {
    await file.close();
  }
}

function inheritedEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

async function keepPreviousLog(log: string): Promise<void> {
  try {
    await rename(log, `${log}.1`);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
