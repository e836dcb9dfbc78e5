import { MeshwrightError } from '@meshwright/model';
import { isId } from './storable.ts';

/** The last baseline of a page. */
export interface Position {
  startedAt: number;
  id: string;
}

/** The cursor behind a baseline. */
export function cursorAfter({ startedAt, id }: Position): string {
  return Buffer.from(JSON.stringify([startedAt, id])).toString('base64url');
}

/**
 * The baseline that a cursor stands behind.
 * @throws MeshwrightError INVALID_INPUT
 */
export function positionOf(cursor: string): Position {
  try {
    const [startedAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (Number.isSafeInteger(startedAt) && typeof id === 'string' && isId(id)) {
      return { startedAt: Number(startedAt), id };
    }
  } catch {
    // Refused below.
  }
  throw new MeshwrightError('INVALID_INPUT', 'This is no cursor of a list of baselines.', {
    remedy: 'Use the one that the page before has given, whole.',
  });
}
