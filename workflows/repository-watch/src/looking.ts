import { ActivityFailure } from '@temporalio/common';
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { failureOf, shortCommit, type RepositoryObservation } from '@meshwright/model';
import { repositoryActivities } from '@meshwright/workflow-kit';
import type { WatchState } from './state.ts';

/** Word from outside that the branch may have moved. */
export interface Hint {
  isGiven(): boolean;
  /** To be called before the look that follows the hint: one that comes in during the look asks for another. */
  take(): void;
}

/**
 * Waits until the branch differs from what is known, or until a hint comes in, which calls the wait off and looks at
 * once. Failures that no retry mends become observations: a watch goes on.
 */
export async function look(
  repository: string,
  state: WatchState,
  hint: Hint,
): Promise<RepositoryObservation> {
  try {
    if (!hint.isGiven()) {
      const seen = await awaitChange(repository, state, hint);
      if (seen !== undefined) return seen;
    }
    hint.take();
    // From the last commit that was read: one that was refused gets another chance.
    const lastCommit = state.lastCommit?.id;
    return await repositoryActivities(`look at ${repository} now`).observeRepository({
      repository,
      ...(lastCommit === undefined ? {} : { lastCommit }),
    });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const { code, message, remedy } = failureOf(error);
    return { kind: 'refused', reason: `${message} [${code}]`, ...(remedy === undefined ? {} : { remedy }) };
  }
}

/** The observation that ended the wait; undefined when a hint did. */
async function awaitChange(
  repository: string,
  state: WatchState,
  hint: Hint,
): Promise<RepositoryObservation | undefined> {
  const lastCommit = state.refusedCommit ?? state.lastCommit?.id;
  const after = lastCommit === undefined ? '' : ` after ${shortCommit(lastCommit)}`;
  const scope = new CancellationScope();
  try {
    return await scope.run(() =>
      Promise.race([
        repositoryActivities(`wait for a change of ${repository}${after}`).awaitRepositoryChange({
          repository,
          ...(lastCommit === undefined ? {} : { lastCommit }),
          // A branch with a commit that was refused is itself in order.
          lastKind: state.refusedCommit === undefined ? state.observation : 'unchanged',
        }),
        condition(() => hint.isGiven()).then(() => undefined),
      ]),
    );
  } finally {
    scope.cancel();
  }
}
