import { CancellationScope, condition, isCancellation, startChild } from '@temporalio/workflow';
import {
  ApplicationFailure,
  ChildWorkflowFailure,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import {
  describeAction,
  failureOf,
  formatCounts,
  Phase,
  Purpose,
  shortCommit,
  workflowId,
  WorkflowType,
  type ChangeStatus,
} from '@meshwright/model';
import { isEmpty } from '@meshwright/approval-gate';
import { pauseLine, type meshChange, type MeshChangeInput } from '@meshwright/mesh-change';
import { code, summary } from '@meshwright/workflow-kit';
import { awaitApproval } from './gates.ts';
import { askedHold } from './holding.ts';
import { manner } from './plans.ts';
import { publishProgress } from './progress.ts';
import { isOver, publish, stopIfOver, waitFor, type Rollout, type RunningChange } from './state.ts';
import { tellOrders } from './telling.ts';
import { decideVerdicts } from './verdicts.ts';

/**
 * How often a rollout tries to get the lock that another run holds. Each try writes some ten events to its history,
 * which ends at 51,200: after the first hour it tries more rarely, so that it can wait for weeks.
 */
const lockSeconds = { first: 2, longest: 15, triesUntilRare: 240, rare: 300 };

/** Changes one target, behind whoever changes it now; its failure is noted in its status and not thrown. */
export async function changeTarget(rollout: Rollout, place: number): Promise<void> {
  const { plan } = targetOf(rollout, place);
  // A plan without a change is carried out all the same where the target has to learn of a hold.
  if (plan === undefined || (isEmpty(plan) && askedHold(rollout) === undefined)) {
    targetOf(rollout, place).phase = Phase.succeeded;
    return;
  }
  for (;;) {
    const change = await startBehindOthers(rollout, place);
    rollout.changes.set(place, change);
    await tellOrders(rollout, change);
    const verdicts = decideVerdicts(rollout, place, change);
    const ended = await follow(rollout, place, change).finally(() => rollout.changes.delete(place));
    await verdicts;
    rollout.status.targets[place] = ended;
    publish(rollout);
    if (ended.phase !== Phase.awaitingApproval) return;
    await awaitApproval(rollout);
  }
}

/** A target by its place in the status: its status there is another one whenever its change tells something. */
function targetOf({ status }: Rollout, place: number): ChangeStatus {
  const target = status.targets[place];
  if (target === undefined) throw new Error(`The rollout has no target ${place}.`);
  return target;
}

async function startBehindOthers(rollout: Rollout, place: number): Promise<RunningChange> {
  const target = targetOf(rollout, place);
  let wait = lockSeconds.first;
  for (let tries = 0; ; tries += 1) {
    const waited = await waitWhilePaused(rollout, target);
    stopIfOver(rollout);
    const change = await tryToStart(rollout, target, waited || tries > 0);
    if (change !== undefined) {
      enter(rollout, target, Phase.changing);
      return change;
    }
    const { cluster, mesh } = target;
    const lock = workflowId.change(cluster, mesh);
    enter(rollout, target, Phase.queued, `another run that changes ${mesh} on ${cluster}: ${lock}`);
    await condition(() => isOver(rollout), wait * 1_000);
    wait = tries < lockSeconds.triesUntilRare ? Math.min(wait * 1.5, lockSeconds.longest) : lockSeconds.rare;
  }
}

/** Whether there was a pause: the plan may be of long before then. */
async function waitWhilePaused(rollout: Rollout, target: ChangeStatus): Promise<boolean> {
  const pauses = rollout.pause !== undefined;
  while (rollout.pause !== undefined && !isOver(rollout)) {
    enter(rollout, target, Phase.paused, pauseLine(rollout.pause));
    await condition(() => rollout.pause === undefined || isOver(rollout));
    enter(rollout, target, Phase.queued);
  }
  return pauses;
}

function enter(rollout: Rollout, target: ChangeStatus, phase: Phase, waitingFor?: string): void {
  target.phase = phase;
  waitFor(target, waitingFor);
  publishProgress(rollout);
}

/** Starts the change; undefined while another run has its workflow id, which is the lock on the target. */
async function tryToStart(
  rollout: Rollout,
  target: ChangeStatus,
  planAgain: boolean,
): Promise<RunningChange | undefined> {
  const { input } = rollout;
  const { cluster, mesh, plan } = target;
  if (plan === undefined) throw new Error(`${cluster} has no plan.`);
  const { pattern, commit } = input;
  try {
    return await startChild<typeof meshChange>(WorkflowType.meshChange, {
      workflowId: workflowId.change(cluster, mesh),
      args: [changeInput(rollout, cluster, plan, planAgain)],
      // When the rollout is ended from outside, a change is taken back, or stops at a stage it can name.
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: summary(
        `${describeAction(plan)} on ${cluster} for ${pattern}@${shortCommit(commit.id)}`,
      ),
      staticDetails: `Plan ${code(plan.digest)}: ${formatCounts(plan.counts)}`,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

function changeInput(
  rollout: Rollout,
  cluster: string,
  plan: MeshChangeInput['plan'],
  planAgain: boolean,
): MeshChangeInput {
  const { input, valid, status } = rollout;
  const { repository, pattern, commit, purpose } = input;
  const holds = askedHold(rollout);
  return {
    rollout: status.rollout,
    repository,
    commit: commit.id,
    pattern,
    snapshot: valid.snapshot,
    cluster,
    plan,
    planAgain,
    decisionRequired: valid.approval.required || purpose === Purpose.uninstall,
    onFailure: valid.onFailure,
    ...manner(rollout),
    ...(holds === undefined ? {} : { holds }),
  };
}

/** The status a change ends with, also where it fails; only the cancellation of the rollout itself is thrown. */
async function follow(rollout: Rollout, place: number, change: RunningChange): Promise<ChangeStatus> {
  try {
    return await change.result();
  } catch (error) {
    const target = targetOf(rollout, place);
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
      target.phase = Phase.cancelled;
      target.failure = {
        code: 'CANCELLED',
        message: `The change was cancelled; ${change.workflowId} says at which stage it stopped.`,
      };
      throw error;
    }
    return (
      statusIn(error) ?? {
        ...target,
        phase: isCancellation(error) ? Phase.cancelled : Phase.failed,
        failure: failureOf(error),
      }
    );
  }
}

/** A failed change carries its status as the second detail of its failure. */
function statusIn(error: unknown): ChangeStatus | undefined {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure ? (cause.details?.[1] as ChangeStatus | undefined) : undefined;
}
