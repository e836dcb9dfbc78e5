import { type BaselineInput, type BaselineStatus, type TrialRecord, Verdict } from '@meshwright/model';
import type { Comparison, Trial } from './comparison.ts';
import { errorBurst, type ErrorCount } from './error-burst.ts';
import { judge } from './judge.ts';
import { nextStep, type SequenceStep } from './sequence.ts';

/**
 * What comes next in a baseline that has these blocks so far: a block, or the end. Errors do not wait for a look: as soon
 * as B has more of them than A and the margin, beyond chance, it has regressed.
 */
export function nextBlock(
  input: Pick<BaselineInput, 'looks' | 'seed' | 'errorMargin'>,
  status: BaselineStatus,
): SequenceStep {
  const comparison = comparisonOf(status);
  const reason = errorReason(status, input.errorMargin);
  if (reason === undefined) return nextStep(comparison, input);
  const { id, metrics } = judge(comparison, { seed: input.seed });
  return { kind: 'done', judgement: { id, verdict: Verdict.regressed, reason, metrics } };
}

function errorReason({ blocks }: BaselineStatus, margin?: number): string | undefined {
  const a = countErrors(blocks.map((block) => block.a));
  const b = countErrors(blocks.map((block) => block.b));
  if (a.requests === 0) return undefined;
  const { burst, accepted } = errorBurst(a, b, margin === undefined ? {} : { margin });
  if (!burst) return undefined;
  return `${percent(b)} of the requests failed, and ${percent(a)} without the change: more than the ${shareText(accepted)} that chance and the limit explain.`;
}

/** Requests of trials together, and those of them without a good answer. */
export function countErrors(trials: readonly Pick<TrialRecord, 'requests' | 'errors'>[]): ErrorCount {
  const count = { requests: 0, errors: 0 };
  for (const trial of trials) {
    count.requests += trial.requests;
    count.errors += failedOf(trial);
  }
  return count;
}

/** How many requests of a trial had no good answer, whatever they came to. */
export function failedOf({ errors }: Pick<TrialRecord, 'errors'>): number {
  return Object.values(errors).reduce((sum, times) => sum + times, 0);
}

function percent({ requests, errors }: ErrorCount): string {
  return shareText(requests === 0 ? 0 : errors / requests);
}

function shareText(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** The blocks of a baseline so far, as they are judged. */
export function comparisonOf({ name, contrast, metrics, blocks }: BaselineStatus): Comparison {
  return {
    id: name,
    contrast,
    metrics,
    blocks: blocks.map(({ a, b, controlA, controlB }) => ({
      a: trialOf(a),
      b: trialOf(b),
      ...(controlA === undefined ? {} : { controlA: trialOf(controlA) }),
      ...(controlB === undefined ? {} : { controlB: trialOf(controlB) }),
    })),
  };
}

function trialOf({ invalid, measured }: TrialRecord): Trial {
  return { valid: invalid.length === 0, measured };
}
