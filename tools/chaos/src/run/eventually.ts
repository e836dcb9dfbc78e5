import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@meshwright/model';

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
      reason = reasonOf(error);
    }
    await delay(lookMilliseconds);
  }
  throw new Error(`Waited ${Math.round(within / 1_000)} s for ${what}: ${reason}.`);
}

/** An update that is refused says why only in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${reasonOf(cause)}`;
}
