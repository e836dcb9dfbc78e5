import { MeshwrightError, type RolloutInput } from '@meshwright/model';
import { boundDiagnostics } from './invalid-files.ts';

/** What one reading may hold: Temporal refuses payloads of 2 MB. */
const mostChanged = 500;
const mostPatterns = 1_000;
const mostBytes = 1_500_000;
/** Diagnostics for each file when all of them together would be too large. */
const fewDiagnostics = 2;

/** @throws MeshwrightError INVALID_INPUT when there are more patterns than one reading holds. */
export function requireFit(patterns: number, changed: number): void {
  const remedy = 'Split the patterns into several repositories, or the change into several commits.';
  if (patterns > mostPatterns) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `The commit has ${patterns} patterns; at most ${mostPatterns} are kept track of in one repository.`,
      { remedy },
    );
  }
  if (changed > mostChanged) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `The commit changes or removes ${changed} patterns; at most ${mostChanged} are rolled out by one commit.`,
      { remedy },
    );
  }
}

/**
 * A reading, with fewer diagnostics where all of them would be more than a workflow may carry.
 * @throws MeshwrightError INVALID_INPUT when it is too large all the same.
 */
export function fitting<Entry, Reading extends { rollouts: Entry[] }>(
  reading: Reading,
  shortened: (entry: Entry) => Entry,
): Reading {
  if (bytesOf(reading) <= mostBytes) return reading;
  const smaller = { ...reading, rollouts: reading.rollouts.map(shortened) };
  if (bytesOf(smaller) <= mostBytes) return smaller;
  throw new MeshwrightError('INVALID_INPUT', 'The commit changes more than one reading holds.', {
    remedy: 'Split the change into several commits.',
  });
}

/** The input with few of its diagnostics. */
export function withFewDiagnostics(input: RolloutInput): RolloutInput {
  return { ...input, diagnostics: boundDiagnostics(input.diagnostics, fewDiagnostics) };
}

function bytesOf(reading: object): number {
  return Buffer.byteLength(JSON.stringify(reading));
}
