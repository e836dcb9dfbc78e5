import { ActivityFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  failureOf,
  Message,
  shortCommit,
  type CommitReading,
  type PolicyDecided,
  type RepositoryStatus,
} from '@meshwright/model';
import { repositoryActivities, setAttributes } from '@meshwright/workflow-kit';
import { watchDetails } from './details.ts';
import { look } from './looking.ts';
import { followPolicy, takePolicy, type PolicyState } from './policy.ts';
import { startRollouts } from './starting.ts';
import {
  afterLook,
  afterReading,
  afterRefusal,
  emptyState,
  note,
  statusOf,
  type WatchState,
} from './state.ts';

/** What starts a watch; `carried` comes from the run before, never from outside. */
export interface RepositoryWatchInput {
  repository: string;
  carried?: WatchState;
  /** After how many looks the run continues as new, at the latest. */
  looksPerRun?: number;
}

const repositoryStatus = defineQuery<RepositoryStatus>(Message.repositoryStatus);
const repositoryHint = defineSignal(Message.repositoryHint);
const policyDecided = defineSignal<[PolicyDecided]>(Message.policyDecided);

const defaultLooksPerRun = 500;

/** How long to leave a repository alone that refuses again and again. */
const pauseSeconds = 30;

/**
 * Watches one repository without an end: every commit that changes a pattern becomes a rollout of that pattern. What
 * is known advances only after the rollouts of a commit have been started, so that a restart at any moment neither
 * loses nor repeats one.
 */
export async function repositoryWatch(input: RepositoryWatchInput): Promise<void> {
  const { repository, looksPerRun = defaultLooksPerRun } = input;
  let state = input.carried ?? emptyState();
  let hinted = state.hinted;
  // Decisions on it come in while commits are read: it is kept apart from what a reading gives.
  const policy: PolicyState = { ...state.policy };
  let waitingFor = nextChange(state);
  const hint = { isGiven: () => hinted, take: () => void (hinted = false) };
  const publish = (): void => {
    setCurrentDetails(
      watchDetails(statusOf(repository, state, policy, waitingFor), workflowInfo().namespace),
    );
  };
  setHandler(repositoryStatus, () => statusOf(repository, state, policy, waitingFor));
  setHandler(repositoryHint, () => {
    hinted = true;
  });
  setHandler(policyDecided, (decided) => {
    takePolicy(policy, decided, Object.values(state.rollouts));
    publish();
  });
  setAttributes({ repository });
  publish();
  for (let looks = 0; looks < looksPerRun && !workflowInfo().continueAsNewSuggested; looks += 1) {
    const before = state.observation;
    const seen = await look(repository, state, hint);
    if (seen.kind === 'moved') {
      waitingFor = `the reading of commit ${shortCommit(seen.commit)}`;
      publish();
      state = await follow(repository, state, policy, seen.commit);
    } else {
      state = afterLook(state, seen);
    }
    waitingFor = nextChange(state);
    publish();
    const refusedAgain = before === 'refused' && state.observation === 'refused' && seen.kind !== 'unchanged';
    if (refusedAgain) await condition(hint.isGiven, pauseSeconds * 1_000);
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof repositoryWatch>({ ...input, carried: { ...state, hinted, policy } });
}

function nextChange({ observation, trouble, lastCommit, refusedCommit }: WatchState): string {
  if (trouble === undefined) return lastCommit === undefined ? 'its first look' : 'the next commit';
  if (observation === 'branch-missing') return `the branch: ${trouble}`;
  if (refusedCommit !== undefined) return `the next commit: ${trouble}`;
  return `the repository: ${trouble}`;
}

/** Reads a commit and starts its rollouts; the state it gives has advanced only where both have happened. */
async function follow(
  repository: string,
  state: WatchState,
  policy: PolicyState,
  commit: string,
): Promise<WatchState> {
  const previousCommit = state.lastCommit?.id;
  let reading: CommitReading;
  try {
    reading = await repositoryActivities(`read commit ${shortCommit(commit)}`).readCommit({
      repository,
      commit,
      ...(previousCommit === undefined ? {} : { previousCommit }),
      known: state.known,
    });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return afterRefusal(state, commit, failureOf(error));
  }
  const said = await followPolicy(repository, policy, reading);
  const next = afterReading(state, reading, await startRollouts(state, reading));
  return said === undefined ? next : note(next, `${shortCommit(commit)}: ${said}`);
}
