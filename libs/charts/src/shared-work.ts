/** Work that several may want at once, done once for all of them. */
export interface SharedWork<T> {
  /**
   * Joins the work of this key that is under way, or begins it. Work that nobody waits for any more is cancelled.
   * @throws what the work throws; the signal's reason on abort.
   */
  join(key: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
}

interface Running<T> {
  result: Promise<T>;
  stop: AbortController;
  waiting: number;
}

/** No work is under way yet. What has ended is forgotten: who asks later begins anew. */
export function shareWork<T>(): SharedWork<T> {
  const running = new Map<string, Running<T>>();
  const begin = (key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> => {
    const stop = new AbortController();
    const begun = { result: work(stop.signal), stop, waiting: 0 };
    running.set(key, begun);
    return begun;
  };
  return {
    async join(key, work, signal) {
      signal?.throwIfAborted();
      const joined = running.get(key) ?? begin(key, work);
      joined.waiting += 1;
      try {
        return await unlessAborted(joined.result, signal);
      } finally {
        joined.waiting -= 1;
        if (running.get(key) === joined && joined.waiting === 0) running.delete(key);
        if (joined.waiting === 0) joined.stop.abort();
      }
    },
  };
}

async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([result, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
