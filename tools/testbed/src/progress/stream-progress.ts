import type { ProgressReporter, ProgressState, ProgressTask } from './progress.ts';

/** The part of a stream that progress is written to; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const PLAIN_INTERVAL_MS = 30_000;
const LIVE_INTERVAL_MS = 500;

interface Task {
  readonly title: string;
  readonly startedAt: number;
  state: ProgressState;
}

/**
 * Tells progress on a stream: on a terminal as one live line, otherwise as plain lines, one at the start of a step,
 * one every 30 seconds and one at its end with how long it took.
 */
export function streamProgress(stream: ProgressStream, now: () => number = Date.now): ProgressReporter {
  const tasks = new Set<Task>();
  const live = stream.isTTY === true;
  let timer: NodeJS.Timeout | undefined;

  function line(text: string): void {
    stream.write(live ? `\r\u001b[2K${text}\n` : `${text}\n`);
  }
  function describe(task: Task): string {
    return `${task.title}${describeState(task.state)} (${duration(now() - task.startedAt)})`;
  }
  function tick(): void {
    if (live) {
      const all = [...tasks].map(describe).join(' | ');
      stream.write(`\r\u001b[2K${all.slice(0, (stream.columns ?? 80) - 1)}`);
      return;
    }
    for (const task of tasks) line(`... ${describe(task)}`);
  }
  function end(task: Task, text: string): void {
    if (!tasks.delete(task)) return;
    line(text);
    if (tasks.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  }

  return {
    note: line,
    begin(title): ProgressTask {
      const task: Task = { title, startedAt: now(), state: {} };
      tasks.add(task);
      if (!live) line(`... ${title}`);
      timer ??= setInterval(tick, live ? LIVE_INTERVAL_MS : PLAIN_INTERVAL_MS).unref();
      return {
        update(state) {
          task.state = { ...task.state, ...state };
        },
        succeed(detail) {
          end(
            task,
            `ok  ${title}${detail === undefined ? '' : `: ${detail}`} (${duration(now() - task.startedAt)})`,
          );
        },
        fail(reason) {
          end(task, `no  ${title}: ${reason} (${duration(now() - task.startedAt)})`);
        },
      };
    },
  };
}

function describeState({ done, total, detail }: ProgressState): string {
  const count = done === undefined ? '' : ` ${done}${total === undefined ? '' : ` of ${total}`}`;
  return `${count}${detail === undefined ? '' : ` ${detail}`}`;
}

/** Milliseconds as people read them: `0.4 s`, `12 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
