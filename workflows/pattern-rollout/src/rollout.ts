import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import {
  formatDiagnostic,
  isFinal,
  Message,
  Phase,
  shortCommit,
  type ChangeStatus,
  type Failure,
  type RolloutInput,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import { failRun, setAttributes } from '@meshwright/workflow-kit';
import { changeTarget } from './changing.ts';
import { awaitApproval, takeDecisions } from './deciding.ts';
import { planTargets } from './planning.ts';
import { initialStatus, publish, RolloutStop, stopIfSuperseded, waitFor, type Rollout } from './state.ts';

const rolloutStatus = defineQuery<RolloutStatus>(Message.rolloutStatus);
const superseded = defineSignal<[string]>(Message.superseded);

const mostDiagnostics = 20;

/**
 * Takes one commit of one pattern to all of its targets: plans them all, waits for the approval of those plans, then
 * changes the targets wave by wave. A wave starts when every target of the wave before it has succeeded. A rollout
 * that comes to anything but success ends as Failed (or as Cancelled, when somebody cancelled it); the failure says
 * why and carries the status as its second detail.
 */
export async function patternRollout(input: RolloutInput): Promise<RolloutStatus> {
  const status = initialStatus(input);
  setHandler(rolloutStatus, () => status);
  setAttributes(attributesOf(input));
  try {
    if (input.valid === undefined) throw new RolloutStop(Phase.invalid, invalidFailure(input));
    await run({ input, valid: input.valid, status });
  } catch (error) {
    if (!(error instanceof RolloutStop) && !isCancellation(error)) throw error;
    await finish(status, error instanceof RolloutStop ? error : cancelledStop());
    if (!(error instanceof RolloutStop)) throw error;
    throw failRun(error.failure, status);
  }
  await finish(status);
  return status;
}

async function run(rollout: Rollout): Promise<void> {
  const { status } = rollout;
  setHandler(superseded, (by) => {
    if (by !== status.rollout) rollout.supersededBy = by;
  });
  takeDecisions(rollout);
  publish(status);
  await planTargets(rollout);
  await awaitApproval(rollout);
  for (const wave of wavesOf(rollout.valid)) await changeWave(rollout, wave);
}

/** The waves in order, each with the places of its targets in the status, which is in the same order. */
function wavesOf({ targets }: ValidPattern): { wave: number; places: number[] }[] {
  const inOrder = targets.toSorted((a, b) => a.wave - b.wave);
  const waves = [...new Set(inOrder.map(({ wave }) => wave))];
  return waves.map((wave) => ({
    wave,
    places: inOrder.flatMap((target, place) => (target.wave === wave ? [place] : [])),
  }));
}

/** All targets of a wave together; one that fails lets the others come to their end. */
async function changeWave(
  rollout: Rollout,
  { wave, places }: { wave: number; places: number[] },
): Promise<void> {
  stopIfSuperseded(rollout);
  const ends = await Promise.allSettled(places.map((place) => changeTarget(rollout, place)));
  for (const end of ends) {
    if (end.status === 'rejected') throw end.reason;
  }
  const failed = rollout.status.targets.filter(
    (target, place) => places.includes(place) && target.phase !== Phase.succeeded,
  );
  if (failed.length > 0) throw new RolloutStop(Phase.failed, waveFailure(failed, wave));
}

function waveFailure(failed: ChangeStatus[], wave: number): Failure {
  const [first] = failed;
  const cause = first?.failure ?? { code: 'INTERNAL', message: 'it ended without a reason' };
  const where = first === undefined ? '' : `${first.mesh} on ${first.cluster}`;
  const others = failed
    .slice(1)
    .map(({ cluster, failure }) => `${cluster}: ${failure?.message ?? 'no reason given'}`);
  return {
    ...cause,
    message: `${where} could not be changed (wave ${wave}): ${cause.message}`,
    ...(first === undefined ? {} : { where: first.cluster }),
    ...(others.length === 0 && cause.lines === undefined
      ? {}
      : { lines: [...(cause.lines ?? []), ...others] }),
  };
}

/** Notes the end in the status, and lets decisions that are being answered get their answer. */
async function finish(status: RolloutStatus, stop?: RolloutStop): Promise<void> {
  waitFor(status, undefined);
  if (stop !== undefined) {
    status.failure = stop.failure;
    for (const target of status.targets) leaveOut(target);
  }
  status.finishedAt = Date.now();
  publish(status, stop?.phase ?? Phase.succeeded);
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
}

/** A target the rollout did not come to was not touched, and says so. */
function leaveOut(target: ChangeStatus): void {
  delete target.waitingFor;
  if (isFinal(target.phase)) return;
  target.phase = Phase.cancelled;
  target.failure = { code: 'NOT_STARTED', message: 'The rollout ended before this target was changed.' };
}

function cancelledStop(): RolloutStop {
  return new RolloutStop(Phase.cancelled, {
    code: 'CANCELLED',
    message: 'The rollout was cancelled.',
    remedy: 'Commit again, or start the rollout again, to go on: what is done is found unchanged.',
  });
}

function invalidFailure({ path, commit, diagnostics }: RolloutInput): Failure {
  const shown = diagnostics.slice(0, mostDiagnostics).map(formatDiagnostic);
  const more = diagnostics.length - shown.length;
  const count = diagnostics.filter(({ severity }) => severity === 'error').length;
  return {
    code: 'INVALID_PATTERN',
    message: `${path} at ${shortCommit(commit.id)} is not a valid pattern: ${count} error${count === 1 ? '' : 's'}.`,
    remedy: 'Correct the file and commit again. Nothing was changed.',
    lines: [...shown, ...(more > 0 ? [`… and ${more} more`] : [])],
  };
}

function attributesOf({
  repository,
  pattern,
  commit,
  valid,
}: RolloutInput): Parameters<typeof setAttributes>[0] {
  const [only, ...others] = valid?.targets ?? [];
  return {
    repository,
    pattern,
    commit: commit.id,
    phase: Phase.planning,
    ...(valid === undefined ? {} : { mesh: valid.mesh.type }),
    ...(only === undefined || others.length > 0 ? {} : { cluster: only.cluster }),
  };
}
