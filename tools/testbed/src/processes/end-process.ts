import { setTimeout as delay } from 'node:timers/promises';

import { MeshwrightError } from '@meshwright/model';

import { processIdentity } from './identity.ts';

export interface KnownProcess {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

/** How long a process is waited for after each signal. */
export interface EndPatience {
  readonly afterTerm: number;
  readonly afterKill: number;
}

const PATIENCE: EndPatience = { afterTerm: 15, afterKill: 10 };

/**
 * Ends a process and its process group: SIGTERM, and SIGKILL when it is still there after a while (15 s by default). A process number that
 * meanwhile belongs to another process is never signalled.
 *
 * @throws MeshwrightError `NOT_READY` when not even SIGKILL ends it.
 */
export async function endProcess(known: KnownProcess, patience: EndPatience = PATIENCE): Promise<void> {
  if (await signalAndWait(known, 'SIGTERM', patience.afterTerm)) return;
  if (await signalAndWait(known, 'SIGKILL', patience.afterKill)) return;
  throw new MeshwrightError('NOT_READY', `${known.name} (process ${known.pid}) did not end after SIGKILL`);
}

async function signalAndWait(known: KnownProcess, signal: NodeJS.Signals, seconds: number): Promise<boolean> {
  if (await isGone(known)) return true;
  signalGroup(known.pid, signal);
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (await isGone(known)) return true;
    await delay(25);
  }
  return isGone(known);
}

async function isGone({ pid, identity }: KnownProcess): Promise<boolean> {
  return (await processIdentity(pid)) !== identity;
}

/** Started detached, every program leads a process group with its own number. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
