import { setTimeout as delay } from 'node:timers/promises';

import { MeshwrightError } from '@meshwright/model';

/** Looks once: nothing when the condition holds, else what is still missing, in words. */
export type Condition = (signal: AbortSignal) => Promise<string | undefined>;

export interface WaitOptions {
  /** What is waited for, for the error message. */
  readonly what: string;
  readonly seconds: number;
  readonly signal?: AbortSignal;
  readonly intervalMilliseconds?: number;
}

const LOOK_TIMEOUT_MS = 5_000;

/**
 * Looks at a condition until it holds.
 *
 * @throws MeshwrightError `NOT_READY` with what was missing last when the time is over; the signal's reason when it is
 * aborted.
 */
export async function waitFor(condition: Condition, options: WaitOptions): Promise<void> {
  const deadline = Date.now() + options.seconds * 1000;
  let missing: string;
  for (;;) {
    options.signal?.throwIfAborted();
    missing = await look(condition, options.signal);
    if (missing === '') return;
    if (Date.now() >= deadline) break;
    await delay(
      options.intervalMilliseconds ?? 100,
      undefined,
      options.signal ? { signal: options.signal } : {},
    );
  }
  throw new MeshwrightError(
    'NOT_READY',
    `${options.what} was not ready within ${options.seconds} s: ${missing}`,
  );
}

async function look(condition: Condition, signal: AbortSignal | undefined): Promise<string> {
  const timeout = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  const bounded = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  return (await condition(bounded)) ?? '';
}
