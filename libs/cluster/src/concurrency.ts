import pLimit, { type LimitFunction } from 'p-limit';

/**
 * Bounds how many requests run at once, and finds the bound: an answer raises it a little, a refusal for overload
 * halves it (additive increase, multiplicative decrease), never below one.
 */
export class AdaptiveLimit {
  readonly #limit: LimitFunction;
  readonly #most: number;
  #allowed: number;
  #shrunkAt = 0;

  constructor(most: number) {
    this.#most = most;
    this.#allowed = most;
    this.#limit = pLimit(most);
  }

  get allowed(): number {
    return Math.floor(this.#allowed);
  }

  /** Runs when there is room; not at all when the signal was aborted first. */
  run<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#limit(() => {
      signal?.throwIfAborted();
      return action();
    });
  }

  succeeded(): void {
    if (this.#allowed >= this.#most) return;
    this.#set(Math.min(this.#most, this.#allowed + 1 / this.#allowed));
  }

  /** Refusals that arrive together are one sign of overload, not many. */
  overloaded(now = Date.now()): void {
    if (now - this.#shrunkAt < 100) return;
    this.#shrunkAt = now;
    this.#set(Math.max(1, this.#allowed / 2));
  }

  #set(allowed: number): void {
    this.#allowed = allowed;
    this.#limit.concurrency = Math.floor(allowed);
  }
}

/** Runs an action for each item, so many at once; gives the results in the items' order, fails with the first failure. */
export function mapConcurrently<Item, Result>(
  items: Iterable<Item>,
  concurrency: number,
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const limit = pLimit(concurrency);
  return Promise.all(Array.from(items, (item) => limit(() => action(item))));
}
