import {
  isMeshwrightError,
  type ObserveRepositoryInput,
  type RepositoryObservation,
} from '@meshwright/model';
import type { Hints } from './hints.ts';
import type { RepositoryFinder } from './repositories.ts';

/** How long one wait for a change lasts at most. */
const longestWaitMs = 5 * 60_000;
/** Looks at a repository that does not answer are at most this far apart. */
const longestBackOffMs = 60_000;
/** Looks for a while after a hint: a copy of the server may not have the commit yet. */
const afterHintMs = 2_000;

/** One look at the branch. Whatever is wrong with the repository is an observation, not an error. */
export async function observe(
  find: RepositoryFinder,
  { repository, lastCommit }: ObserveRepositoryInput,
  signal: AbortSignal,
): Promise<RepositoryObservation> {
  try {
    const tip = await find(repository).repository.tip(signal);
    if ('missing' in tip) return { kind: 'branch-missing', branch: tip.missing };
    return tip.commit === lastCommit ? { kind: 'unchanged' } : { kind: 'moved', commit: tip.commit };
  } catch (error) {
    signal.throwIfAborted();
    if (!isMeshwrightError(error)) throw error;
    if (error.retryable) return { kind: 'unreachable', reason: error.message };
    const { remedy } = error.details;
    return { kind: 'refused', reason: error.message, ...(remedy === undefined ? {} : { remedy }) };
  }
}

export interface AwaitOptions {
  find: RepositoryFinder;
  hints: Hints;
  signal: AbortSignal;
  /** For tests; 5 minutes unless told. */
  longestMs?: number;
}

/**
 * Looks at the branch again and again until it differs from what was seen last, or the time is over; then what the
 * last look saw. The first look is at once, and so is one after a repository on this machine was changed.
 */
export async function awaitChange(
  options: AwaitOptions,
  input: ObserveRepositoryInput,
): Promise<RepositoryObservation> {
  const { find, hints } = options;
  const unwatch = watchRefs(find, input.repository, () => hints.give(input.repository));
  try {
    return await lookUntilChanged(options, input);
  } finally {
    unwatch();
  }
}

/** A repository that cannot be opened is not watched; the looks say what is wrong with it. */
function watchRefs(find: RepositoryFinder, repository: string, onChange: () => void): () => void {
  try {
    return find(repository).repository.watch(onChange);
  } catch (error) {
    if (isMeshwrightError(error)) return () => undefined;
    throw error;
  }
}

async function lookUntilChanged(
  { find, hints, signal, longestMs = longestWaitMs }: AwaitOptions,
  input: ObserveRepositoryInput,
): Promise<RepositoryObservation> {
  const { repository, lastKind = 'unchanged' } = input;
  const deadline = performance.now() + longestMs;
  let failures = 0;
  for (;;) {
    const counted = hints.count(repository);
    const seen = await observe(find, input, signal);
    const left = deadline - performance.now();
    if (seen.kind === 'moved' || seen.kind !== lastKind || left <= 0) return seen;
    failures = seen.kind === 'unreachable' ? failures + 1 : 0;
    const { intervalMs } = find(repository).config;
    const pace = jittered(paceMs(intervalMs, failures, hints.isRecent(repository)));
    await hints.pause(repository, counted, Math.min(pace, left), signal);
  }
}

/** Milliseconds to the next look: the interval, doubled for each failure in a row, and shorter after a hint. */
export function paceMs(intervalMs: number, failures: number, hinted: boolean): number {
  if (failures > 0) return Math.max(intervalMs, Math.min(intervalMs * 2 ** failures, longestBackOffMs));
  return hinted ? Math.min(intervalMs, afterHintMs) : intervalMs;
}

/** ±20 %, so that many repositories do not come to one server in step. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.8 + 0.4 * Math.random());
}
