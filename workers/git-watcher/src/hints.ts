import { setTimeout as delay } from 'node:timers/promises';

/** Word that a repository may have changed, passed on inside this process. */
export interface Hints {
  /** Wakes everyone who pauses for the repository. */
  give(repository: string): void;
  /** How many hints there were; taken before a look, so that a hint during the look is not missed. */
  count(repository: string): number;
  /** Whether a hint came lately: a server's copies may lag behind the hook, so its ref is looked at more often for a while. */
  isRecent(repository: string): boolean;
  /** Waits; ends early as soon as there are more hints than `counted`. Throws the signal's reason when that is aborted. */
  pause(repository: string, counted: number, milliseconds: number, signal: AbortSignal): Promise<void>;
}

const recentMilliseconds = 60_000;

interface Heard {
  count: number;
  at: number;
  wake: PromiseWithResolvers<void>;
}

/** Hints for one process. */
export function createHints(): Hints {
  const heard = new Map<string, Heard>();

  function of(repository: string): Heard {
    const known = heard.get(repository);
    if (known !== undefined) return known;
    const fresh: Heard = { count: 0, at: Number.NEGATIVE_INFINITY, wake: Promise.withResolvers() };
    heard.set(repository, fresh);
    return fresh;
  }

  return {
    give(repository) {
      const entry = of(repository);
      entry.count += 1;
      entry.at = performance.now();
      entry.wake.resolve();
      entry.wake = Promise.withResolvers();
    },
    count: (repository) => of(repository).count,
    isRecent: (repository) => performance.now() - of(repository).at < recentMilliseconds,
    async pause(repository, counted, milliseconds, signal) {
      signal.throwIfAborted();
      const entry = of(repository);
      if (entry.count > counted) return;
      const over = new AbortController();
      const stop = AbortSignal.any([signal, over.signal]);
      try {
        await Promise.race([delay(milliseconds, undefined, { signal: stop }), entry.wake.promise]);
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        over.abort();
      }
    },
  };
}
