import { startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  describeCommitted,
  describeMesh,
  Message,
  Purpose,
  shortCommit,
  wantedMesh,
  workflowId,
  WorkflowType,
  type CommitInfo,
  type CommitReading,
  type RolloutInput,
} from '@meshwright/model';
import type { patternRollout } from '@meshwright/pattern-rollout';
import { summary } from '@meshwright/workflow-kit';
import { signalIfRunning } from './signalling.ts';
import { rolloutBefore, type Started, type WatchState } from './state.ts';

/** Few enough to leave the server room for others. */
const startsAtOnce = 20;

/**
 * Starts the rollouts a commit asks for, also those that uninstall what it no longer holds, once that is confirmed. They
 * go on whatever becomes of the watch.
 */
export async function startRollouts(state: WatchState, reading: CommitReading): Promise<Started> {
  const started: Started = { rollouts: {}, contributors: {} };
  const uninstalls = reading.removed.flatMap(({ rollout }) => rollout ?? []);
  const inputs = [...reading.rollouts.map(({ input }) => input), ...uninstalls];
  for (let first = 0; first < inputs.length; first += startsAtOnce) {
    const batch = inputs.slice(first, first + startsAtOnce);
    await Promise.all(batch.map((input) => startRollout(state, input, started)));
  }
  return started;
}

async function startRollout(state: WatchState, input: RolloutInput, started: Started): Promise<void> {
  const { pattern, path } = input;
  const id = workflowId.rollout(pattern, input.commit.id);
  const earlier = rolloutBefore(state, input);
  const commit = (await supersede(earlier, id)) ? withEarlier(state, input) : input.commit;
  try {
    await startChild<typeof patternRollout>(WorkflowType.patternRollout, {
      workflowId: id,
      args: [{ ...input, commit }],
      parentClosePolicy: 'ABANDON',
      // A watch that has read nothing yet may have been started anew: what succeeded before it is not repeated. A
      // later return to an earlier commit, however, is a rollout of its own.
      workflowIdReusePolicy:
        state.lastCommit === undefined ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      staticSummary: summary(describe(input)),
      staticDetails: describeCommitted({ path, commit }),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  started.rollouts[path] = id;
  started.contributors[path] = commit.contributors;
}

const mostContributors = 300;

/** What an undecided rollout wanted, the one that takes its place does as well: its people do not become approvers by that. */
function withEarlier({ contributors = {} }: WatchState, { commit, path }: RolloutInput): CommitInfo {
  const earlier = (contributors[path] ?? []).filter(
    ({ name, email }) => !commit.contributors.some((one) => one.name === name && one.email === email),
  );
  return { ...commit, contributors: [...commit.contributors, ...earlier].slice(0, mostContributors) };
}

function describe({ pattern, commit, valid, purpose }: RolloutInput): string {
  const mesh = valid === undefined ? 'invalid' : describeMesh(wantedMesh(valid.mesh, purpose));
  const what = purpose === Purpose.uninstall ? `uninstall ${mesh}` : mesh;
  return `${pattern}: ${what} from ${shortCommit(commit.id)} ${commit.subject}`;
}

/** Tells the rollout before this one that it starts nothing more, and whether it still ran; most have ended long since. */
async function supersede(earlier: string | undefined, id: string): Promise<boolean> {
  if (earlier === undefined || earlier === id) return false;
  return signalIfRunning(earlier, Message.superseded, id);
}
