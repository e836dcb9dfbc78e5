import { MeshwrightError } from '@meshwright/model';
import type { WaitingGate } from '@meshwright/rollouts';
import type { Seen } from './desk.ts';

/** Digits that name a digest among those that wait, and can be read out. */
const fewestDigits = 12;

/**
 * The gate that is decided on: the one that waits, or of several the one whose digest was given, whole or by its first
 * twelve digits or more.
 * @throws MeshwrightError INVALID_INPUT when nothing waits, or when several do and none is named; PLAN_MISMATCH when none has
 *   this digest.
 */
export function chooseGate({ workflow, gates, phase }: Seen, subject: string | undefined): WaitingGate {
  const [first, ...others] = gates;
  if (first === undefined) {
    const where = phase === undefined ? '' : `: it is ${phase}`;
    throw new MeshwrightError('INVALID_INPUT', `${workflow} does not wait for a decision${where}.`, {
      remedy: 'Run `meshwright approvals` for what waits.',
    });
  }
  if (subject === undefined) {
    if (others.length === 0) return first;
    throw new MeshwrightError('INVALID_INPUT', `${workflow} waits for several decisions.`, {
      lines: gates.map(({ about, approval }) => `${about}: --subject ${approval.subject}`),
      remedy: 'Say which with --subject.',
    });
  }
  const [found, ...more] = gates.filter(({ approval }) => isNamed(approval.subject, subject));
  if (found !== undefined && more.length === 0) return found;
  throw new MeshwrightError('PLAN_MISMATCH', 'What waits is not what --subject names.', {
    lines: [`given: ${subject}`, ...gates.map(({ approval }) => `now:   ${approval.subject}`)],
    remedy: 'Read the plan again; it has changed, or the digest is of something else.',
  });
}

function isNamed(digest: string, given: string): boolean {
  const [, digits = ''] = /^(?:sha256:)?([0-9a-f]+)$/.exec(given) ?? [];
  return digits.length >= fewestDigits && digest.replace(/^sha256:/, '').startsWith(digits);
}
