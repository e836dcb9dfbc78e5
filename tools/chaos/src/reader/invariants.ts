import { checkApproved } from './approved.ts';
import { checkInventory } from './inventory.ts';
import type { Observation, Violation } from './observation.ts';
import { checkOneRun, checkState, checkStatus } from './runs.ts';
import { checkSecrets } from './secrets.ts';

const checks = [checkApproved, checkInventory, checkOneRun, checkState, checkStatus, checkSecrets];

/** How many invariants each look checks. */
export const invariantCount = checks.length;

/**
 * Every invariant of the design that what was seen breaks. A look that saw nothing proves nothing.
 * @throws Error when there is nothing to check.
 */
export function checkInvariants(observation: Observation): Violation[] {
  const { live, runs, texts, secrets } = observation;
  const seen = { live, runs, texts, secrets };
  for (const [what, list] of Object.entries(seen)) {
    if (list.length === 0) throw new Error(`The reader saw no ${what}: nothing can be concluded.`);
  }
  return checks.flatMap((check) => check(observation));
}
