import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import { CancelledFailure } from '@temporalio/common';
import {
  formatDiagnostic,
  isFinal,
  Message,
  Phase,
  plural,
  shortCommit,
  type ChangeStatus,
  type Failure,
  type RolloutInput,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import { startNotices } from '@meshwright/messages';
import { failRun, setAttributes } from '@meshwright/workflow-kit';
import { changeTarget } from './changing.ts';
import { takeCommands } from './commands.ts';
import { awaitApproval, awaitWave, takeDecisions } from './gates.ts';
import { holdCommit } from './holding.ts';
import { planTargets } from './planning.ts';
import { takeProgress } from './progress.ts';
import {
  beginRollout,
  initialStatus,
  publish,
  RolloutStop,
  startAgain,
  stopIfOver,
  waitFor,
  type Rollout,
  type Shown,
} from './state.ts';
import { tellAll } from './telling.ts';

const rolloutStatus = defineQuery<RolloutStatus>(Message.rolloutStatus);
const superseded = defineSignal<[string]>(Message.superseded);

const mostDiagnostics = 20;

/**
 * Takes one commit of one pattern to all of its targets: plans them all, waits for the approval of those plans, then
 * changes the targets wave by wave. A wave starts when every target of the wave before it has succeeded. A rollout
 * that comes to anything but success ends as Failed (or as Cancelled, when Temporal was asked to cancel it); the failure
 * says why and carries the status as its second detail. When a target was rolled back, the commit is held there, and a
 * branch that reverts it is offered.
 */
export async function patternRollout(input: RolloutInput): Promise<RolloutStatus> {
  const status = initialStatus(input);
  setHandler(rolloutStatus, () => status);
  setAttributes(attributesOf(input));
  const followers = await startNotices('rollout', input);
  if (input.valid === undefined) {
    const stop = new RolloutStop(Phase.invalid, invalidFailure(input));
    await finish({ status, followers }, stop);
    throw failRun(stop.failure, status);
  }
  const rollout = beginRollout(input, input.valid, status, followers);
  try {
    await run(rollout);
  } catch (error) {
    if (!(error instanceof RolloutStop) && !isCancellation(error)) throw error;
    const stop = error instanceof RolloutStop ? error : cancelledStop(status);
    await holdCommit(rollout);
    await finish(rollout, stop);
    throw error instanceof RolloutStop ? failRun(error.failure, status) : error;
  }
  await holdCommit(rollout);
  await finish(rollout);
  return status;
}

async function run(rollout: Rollout): Promise<void> {
  const { status } = rollout;
  setHandler(superseded, async (by) => {
    if (by === status.rollout) return;
    rollout.supersededBy = by;
    await tellAll(rollout, Message.superseded, by);
  });
  takeDecisions(rollout);
  takeCommands(rollout);
  takeProgress(rollout);
  publish(rollout);
  await planTargets(rollout);
  await awaitApproval(rollout);
  for (const [place, wave] of wavesOf(rollout.valid).entries()) {
    if (place > 0) await awaitWave(rollout, wave.wave, wave.places);
    await changeWave(rollout, wave);
  }
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
  stopIfOver(rollout);
  const ends = await Promise.allSettled(places.map((place) => changeTarget(rollout, place)));
  for (const end of ends) {
    if (end.status === 'rejected') throw end.reason;
  }
  const failed = rollout.status.targets.filter(
    (target, place) => places.includes(place) && target.phase !== Phase.succeeded,
  );
  if (failed.length === 0) return;
  // A change that was taken back since the rollout is being cancelled ends like one that was rolled back by itself.
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('The rollout was cancelled.');
  const phase = rollout.ended === undefined ? Phase.failed : Phase.cancelled;
  throw new RolloutStop(phase, waveFailure(failed, wave));
}

function waveFailure(failed: ChangeStatus[], wave: number): Failure {
  const first = failed.find(({ phase }) => phase === Phase.failed) ?? failed[0];
  const cause = first?.failure ?? { code: 'INTERNAL', message: 'it ended without a reason' };
  const where = first === undefined ? '' : `${first.mesh} on ${first.cluster}`;
  const others = linesOf(failed.filter((target) => target !== first));
  return {
    ...cause,
    message: `${where} could not be changed (wave ${wave}): ${cause.message}`,
    ...(first === undefined ? {} : { where: first.cluster }),
    ...(others.length === 0 && cause.lines === undefined
      ? {}
      : { lines: [...(cause.lines ?? []), ...others] }),
  };
}

function linesOf(targets: ChangeStatus[]): string[] {
  return targets.map(({ cluster, failure }) => `${cluster}: ${failure?.message ?? 'no reason given'}`);
}

/** Notes the end in the status, and lets decisions that are being answered get their answer. */
async function finish(shown: Shown, stop?: RolloutStop): Promise<void> {
  const { status, followers } = shown;
  waitFor(status, undefined);
  if (stop !== undefined) {
    status.failure = stop.failure;
    for (const target of status.targets) leaveOut(target);
  }
  status.finishedAt = Date.now();
  if (status.approval !== undefined) status.approval.settledAt ??= status.finishedAt;
  publish(shown, stop === undefined ? Phase.succeeded : endPhase(status, stop.phase));
  await CancellationScope.nonCancellable(async () => {
    await condition(allHandlersFinished);
    await followers.told();
  });
}

/** What became of the targets says more than that not all of them were changed. */
function endPhase({ targets }: RolloutStatus, phase: Phase): Phase {
  if (phase !== Phase.failed && phase !== Phase.cancelled) return phase;
  const telling = [Phase.failed, Phase.rolledBack] as const;
  return telling.find((candidate) => targets.some((target) => target.phase === candidate)) ?? phase;
}

/** A target the rollout did not come to was not touched, and says so. */
function leaveOut(target: ChangeStatus): void {
  delete target.waitingFor;
  if (isFinal(target.phase)) return;
  target.phase = Phase.cancelled;
  target.failure = { code: 'NOT_STARTED', message: 'The rollout ended before this target was changed.' };
}

function cancelledStop({ targets }: RolloutStatus): RolloutStop {
  const lines = linesOf(targets.filter(({ failure }) => failure !== undefined));
  return new RolloutStop(Phase.cancelled, {
    code: 'CANCELLED',
    message: 'The rollout was cancelled.',
    remedy: startAgain,
    ...(lines.length === 0 ? {} : { lines }),
  });
}

function invalidFailure({ path, commit, diagnostics }: RolloutInput): Failure {
  const shown = diagnostics.slice(0, mostDiagnostics).map(formatDiagnostic);
  const more = diagnostics.length - shown.length;
  const count = diagnostics.filter(({ severity }) => severity === 'error').length;
  return {
    code: 'INVALID_PATTERN',
    message: `${path} at ${shortCommit(commit.id)} is not a valid pattern: ${plural(count, 'error')}.`,
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
