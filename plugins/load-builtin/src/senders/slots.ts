/** Connections that take one request at a time, handed out in the order in which they are asked for. */
export interface Slots<T> {
  take(): Promise<T>;
  give(slot: T): void;
}

/** Slots that are all free. */
export function createSlots<T>(slots: readonly T[]): Slots<T> {
  const free = [...slots];
  const waiting: ((slot: T) => void)[] = [];
  let first = 0;
  return {
    take() {
      const slot = free.pop();
      if (slot !== undefined) return Promise.resolve(slot);
      return new Promise((resolve) => waiting.push(resolve));
    },
    give(slot) {
      const next = waiting[first];
      if (next === undefined) {
        free.push(slot);
        return;
      }
      first += 1;
      // What was handed out is let go of now and then: shifting an array of thousands each time would cost more.
      if (first > 1_000) {
        waiting.splice(0, first);
        first = 0;
      }
      next(slot);
    },
  };
}
