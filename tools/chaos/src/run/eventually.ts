import { setTimeout as delay } from 'node:timers/promises';

const lookMilliseconds = 150;
/** Above the longest pause between two attempts, a lost worker's heartbeat and a busy machine together. */
const patienceMilliseconds = 240_000;

/** Looks until there is something to see. What goes wrong meanwhile may pass, and is told when it does not. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  within = patienceMilliseconds,
): Promise<T> {
  const giveUpAt = performance.now() + within;
  let reason = 'not seen';
  while (performance.now() < giveUpAt) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      reason = 'not seen';
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await delay(lookMilliseconds);
  }
  throw new Error(`Waited ${Math.round(within / 1_000)} s for ${what}: ${reason}.`);
}
