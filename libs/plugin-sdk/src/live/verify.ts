import { MeshwrightError } from '@meshwright/model';
import type { MeshPlugin } from '../mesh.ts';
import { type Check, healthy } from './check.ts';

/**
 * The verb `verify` of a plugin, from its look at each of its stages.
 * @throws MeshwrightError INVALID_INPUT, of what it gives, for a stage that is not there.
 */
export function verifyStages(mesh: string, checks: Readonly<Record<string, Check>>): MeshPlugin['verify'] {
  return async (stage, change, context) => {
    const check = Object.hasOwn(checks, stage) ? checks[stage] : undefined;
    if (check !== undefined) return check(change, context);
    throw new MeshwrightError(
      'INVALID_INPUT',
      `${mesh} has no stage "${stage}": it has ${Object.keys(checks).join(', ')}.`,
    );
  };
}

/**
 * A look at several parts, one after the other as far as all is well. Its note is that of all parts: of the last one first,
 * for that is mostly what the others are for, unless the first is to lead.
 */
export function allOf(parts: readonly Check[], leading: 'first' | 'last' = 'last'): Check {
  return async (change, context) => {
    const notes: string[] = [];
    for (const check of parts) {
      const verification = await check(change, context);
      if (verification.state !== 'healthy') return verification;
      if (verification.note !== '') notes.push(verification.note);
    }
    return healthy((leading === 'first' ? notes : notes.reverse()).join('; '));
  };
}
