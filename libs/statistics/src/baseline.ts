import type { BaselineStatus, TrialRecord } from '@meshwright/model';
import type { Comparison, Trial } from './comparison.ts';

/** The blocks of a baseline so far, as they are judged. */
export function comparisonOf({ name, contrast, metrics, blocks }: BaselineStatus): Comparison {
  return {
    id: name,
    contrast,
    metrics,
    blocks: blocks.map(({ a, b }) => ({ a: trialOf(a), b: trialOf(b) })),
  };
}

function trialOf({ invalid, measured }: TrialRecord): Trial {
  return { valid: invalid.length === 0, measured };
}
