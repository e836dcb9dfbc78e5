import { MeshwrightError } from '@meshwright/model';
import type { Session } from '../session.ts';

/**
 * Whether a person wants what they were shown; `flag` has said so already when `given`.
 * @throws MeshwrightError INVALID_INPUT where nobody can be asked and the flag was not given.
 */
export async function confirm(
  { host, options }: Session,
  question: string,
  { given, flag }: { given: boolean; flag: string },
): Promise<boolean> {
  if (given) return true;
  // With --json nothing was shown that a person could agree to.
  if (!host.interactive || options.json) {
    throw new MeshwrightError('INVALID_INPUT', `Nobody can be asked here, and ${flag} was not given.`, {
      remedy: `Run it on a terminal, or add ${flag}.`,
    });
  }
  const answer = await host.ask(`${question} Type yes: `);
  return answer?.trim() === 'yes';
}
