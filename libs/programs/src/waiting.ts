import { readdirSync, readFileSync } from 'node:fs';

const lookMilliseconds = 200;
const nanosecondsPerSecond = 1e9;

/** Watches for how long the threads of a process wait for a processor (proc_pid_schedstat, the second figure). */
export function watchWaiting(pid: number | undefined): { stop(): number | undefined } {
  let seconds = waitedBy(pid);
  const timer = setInterval(() => {
    // At its end the process is not there to be asked any more.
    seconds = waitedBy(pid) ?? seconds;
  }, lookMilliseconds).unref();
  return {
    stop() {
      clearInterval(timer);
      return seconds;
    },
  };
}

function waitedBy(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const tasks = `/proc/${pid}/task`;
    const waits = readdirSync(tasks).map((task) => {
      const [, waited = '0'] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
      return Number(waited) / nanosecondsPerSecond;
    });
    return waits.reduce((sum, wait) => sum + wait, 0);
  } catch {
    return undefined;
  }
}
