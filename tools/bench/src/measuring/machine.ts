import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** The machine as it was before a benchmark began its own work. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Load average of the last minute. */
  load: number;
  /** The share of the processors' time that was used, over three seconds, by others. */
  used: number;
}

const lookMilliseconds = 3_000;
/** More than this, and other work is in the figures. */
const quietShare = 0.1;

/** Looks at the machine, which takes three seconds. */
export async function lookAtMachine(signal: AbortSignal): Promise<Machine> {
  const before = processorTimes();
  await delay(lookMilliseconds, undefined, { signal });
  const after = processorTimes();
  const all = after.all - before.all;
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${await distribution()}, ${type()} ${release()}`,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    used: all === 0 ? 0 : Math.round((1 - (after.idle - before.idle) / all) * 100) / 100,
  };
}

/** Whether other work on the machine is in the figures. */
export function isBusy({ used }: Machine): boolean {
  return used > quietShare;
}

function processorTimes(): { all: number; idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, idle };
}

/** The name of the distribution (os-release(5)), where there is one. */
async function distribution(): Promise<string> {
  try {
    const text = await readFile('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? type();
  } catch {
    return type();
  }
}
