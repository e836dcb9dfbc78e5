import { type ErrorDetails, isMeshwrightError, MeshwrightError, messageOf } from '@meshwright/model';

/** One thing to look at. */
export interface Check {
  /** What is looked at, such as `target local`. */
  name: string;
  /**
   * Looks, and says what was found, or why there was nothing to look at from here.
   * @throws MeshwrightError with what is wrong and the remedy.
   */
  look: (signal: AbortSignal) => Promise<Found>;
}

export type Found = { found: string } | { skipped: string };

export interface CheckResult {
  name: string;
  state: 'ok' | 'failed' | 'skipped';
  /** What was found, or what is wrong. */
  message: string;
  details: ErrorDetails;
}

/** Does all checks at once, each bounded in time; a check that does not end in time has failed. */
export function runChecks(
  checks: readonly Check[],
  options: { timeoutSeconds: number; signal: AbortSignal },
): Promise<CheckResult[]> {
  return Promise.all(checks.map((check) => runCheck(check, options)));
}

async function runCheck(
  { name, look }: Check,
  { timeoutSeconds, signal }: { timeoutSeconds: number; signal: AbortSignal },
): Promise<CheckResult> {
  const time = AbortSignal.timeout(timeoutSeconds * 1000);
  const either = AbortSignal.any([time, signal]);
  try {
    const found = await Promise.race([look(either), rejectOn(either)]);
    if ('skipped' in found) return { name, state: 'skipped', message: found.skipped, details: {} };
    return { name, state: 'ok', message: found.found, details: {} };
  } catch (error) {
    const shown = time.aborted && !isMeshwrightError(error) ? tooSlow(timeoutSeconds) : error;
    const details = isMeshwrightError(shown) ? shown.details : {};
    return { name, state: 'failed', message: messageOf(shown), details };
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
  });
}

function tooSlow(seconds: number): MeshwrightError {
  return new MeshwrightError('NOT_READY', `There was no answer within ${seconds} seconds.`, {
    remedy: 'Check that it runs, and that nothing between blocks it.',
  });
}
