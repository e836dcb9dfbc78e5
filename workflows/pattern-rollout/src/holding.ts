import { CancellationScope } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import { failureOf, Phase, Purpose, RequestKind, shortCommit, type ChangeStatus } from '@meshwright/model';
import { repositoryActivities } from '@meshwright/workflow-kit';
import { publish, waitFor, type Rollout } from './state.ts';

/** How long to try to offer a revert: a rollout ends without one where Git is away. */
const offerSeconds = 300;

/** A commit that is not tried again by itself, and why. */
export interface Hold {
  commit: string;
  reason: string;
}

/** The commit that a person takes back by rolling back to an earlier one; undefined where nobody does. */
export function askedHold({ input }: Rollout): Hold | undefined {
  const { request, commit } = input;
  if (request?.holds === undefined) return undefined;
  const why = request.reason === undefined ? '' : `: ${request.reason}`;
  return {
    commit: request.holds,
    reason: `${request.identity} rolled back to ${shortCommit(commit.id)}${why}`,
  };
}

/**
 * Says at the end of a rollout which commit its targets hold, and offers a branch that reverts it, unless it was held
 * before. That no branch can be offered changes nothing about the end.
 */
export async function holdCommit(rollout: Rollout): Promise<void> {
  const { status } = rollout;
  const before = status.targets.find(({ failure }) => failure?.code === 'HELD')?.failure;
  if (before !== undefined) {
    status.hold = { commit: status.commit, reason: before.message };
    return;
  }
  const hold = heldBy(rollout);
  if (hold === undefined) return;
  status.hold = { ...hold };
  if (!isRevertible(rollout, hold)) return;
  waitFor(status, `a branch that reverts ${shortCommit(hold.commit)}`);
  publish(rollout);
  Object.assign(status.hold, await offerRevert(rollout, hold));
  waitFor(status, undefined);
}

function heldBy(rollout: Rollout): Hold | undefined {
  const { targets, commit } = rollout.status;
  const rolledBack = targets.find(({ phase }) => phase === Phase.rolledBack);
  if (rolledBack !== undefined) {
    return { commit, reason: reasonOf(rolledBack) };
  }
  return targets.every(({ phase }) => phase === Phase.succeeded) ? askedHold(rollout) : undefined;
}

/** In one sentence: the failure beside it says the rest. */
function reasonOf({ cluster, failure }: ChangeStatus): string {
  if (failure === undefined) return `${cluster}: it was rolled back.`;
  const [sentence] = /^.*?[.!?](?=\s|$)/.exec(failure.message) ?? [failure.message];
  return `${cluster}${failure.stage === undefined ? '' : `, stage ${failure.stage}`}: ${sentence}`;
}

/** What the branch of the repository says now: not an earlier commit that somebody tried to go back to. */
function isRevertible({ input }: Rollout, { commit }: Hold): boolean {
  const { purpose, request } = input;
  if (purpose === Purpose.uninstall) return false;
  return request === undefined || request.kind === RequestKind.retry || request.holds === commit;
}

async function offerRevert(
  { input }: Rollout,
  { commit, reason }: Hold,
): Promise<{ revert: string } | { refused: string }> {
  const { repository, pattern } = input;
  const what = `offer a branch that reverts ${shortCommit(commit)} of ${pattern}`;
  return CancellationScope.nonCancellable(async () => {
    try {
      const git = repositoryActivities(what, offerSeconds);
      const offer = await git.offerRevert({ repository, commit, pattern, reason });
      return 'branch' in offer ? { revert: offer.branch } : offer;
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      return { refused: failureOf(error).message };
    }
  });
}
