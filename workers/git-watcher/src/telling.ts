import { type CommitReading, isMeshwrightError } from '@meshwright/model';
import type { Repository } from '@meshwright/git';
import type { LookResult, Metrics } from '@meshwright/telemetry';
import type { RepositoryFinder } from './repositories.ts';

/** The same repositories; every look at their branch is told. */
export function tellLooks(
  find: RepositoryFinder,
  metrics: Pick<Metrics, 'looked'> | undefined,
): RepositoryFinder {
  if (metrics === undefined) return find;
  return (name) => {
    const { config, repository } = find(name);
    const tell = (result: LookResult): void => metrics.looked({ repository: name, result });
    return { config, repository: { ...repository, tip: (signal) => look(repository, tell, signal) } };
  };
}

async function look(
  repository: Repository,
  tell: (result: LookResult) => void,
  signal: AbortSignal | undefined,
): ReturnType<Repository['tip']> {
  try {
    const tip = await repository.tip(signal);
    tell('commit' in tip ? 'seen' : 'branch-missing');
    return tip;
  } catch (error) {
    // A look that was called off says nothing about the repository.
    if (isMeshwrightError(error) && signal?.aborted !== true)
      tell(error.retryable ? 'unreachable' : 'refused');
    throw error;
  }
}

/** Tells of a commit whose patterns were read. */
export function tellReading(
  repository: string,
  { rollouts }: CommitReading,
  metrics: Pick<Metrics, 'commitRead'> | undefined,
): void {
  const valid = rollouts.filter(({ input }) => input.valid !== undefined).length;
  metrics?.commitRead({ repository, valid, invalid: rollouts.length - valid });
}
