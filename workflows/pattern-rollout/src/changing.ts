import {
  CancellationScope,
  condition,
  isCancellation,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import {
  ApplicationFailure,
  ChildWorkflowFailure,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import {
  failureOf,
  formatCounts,
  Phase,
  shortCommit,
  workflowId,
  WorkflowType,
  type ChangeStatus,
} from '@meshwright/model';
import type { meshChange } from '@meshwright/mesh-change';
import { code, summary } from '@meshwright/workflow-kit';
import { awaitApproval } from './deciding.ts';
import { isEmpty } from './planning.ts';
import { publish, stopIfSuperseded, waitFor, type Rollout } from './state.ts';

type Change = ChildWorkflowHandle<typeof meshChange>;

/**
 * How often a rollout tries to get the lock that another run holds. Each try writes some ten events to its history,
 * which ends at 51,200: after the first hour it tries more rarely, so that it can wait for weeks.
 */
const lockSeconds = { first: 2, longest: 15, triesUntilRare: 240, rare: 300 };

/** Changes one target, behind whoever changes it now; its failure is noted in its status and not thrown. */
export async function changeTarget(rollout: Rollout, index: number): Promise<void> {
  const { status } = rollout;
  let target = statusOf(rollout, index);
  if (target.plan === undefined || isEmpty(target.plan)) {
    target.phase = Phase.succeeded;
    return;
  }
  for (;;) {
    const change = await startBehindOthers(rollout, target);
    target = await follow(target, change);
    status.targets[index] = target;
    publish(status);
    if (target.phase !== Phase.awaitingApproval) return;
    await awaitApproval(rollout);
  }
}

function statusOf({ status }: Rollout, index: number): ChangeStatus {
  const target = status.targets[index];
  if (target === undefined) throw new Error(`The rollout has no target ${index}.`);
  return target;
}

async function startBehindOthers(rollout: Rollout, target: ChangeStatus): Promise<Change> {
  let wait = lockSeconds.first;
  for (let tries = 0; ; tries += 1) {
    stopIfSuperseded(rollout);
    const change = await tryToStart(rollout, target, tries > 0);
    if (change !== undefined) {
      target.phase = Phase.changing;
      waitFor(target, undefined);
      publishProgress(rollout);
      return change;
    }
    target.phase = Phase.queued;
    const { cluster, mesh } = target;
    waitFor(target, `another run that changes ${mesh} on ${cluster}: ${workflowId.change(cluster, mesh)}`);
    publishProgress(rollout);
    await condition(() => rollout.supersededBy !== undefined, wait * 1_000);
    wait = tries < lockSeconds.triesUntilRare ? Math.min(wait * 1.5, lockSeconds.longest) : lockSeconds.rare;
  }
}

/** Starts the change; undefined while another run has its workflow id, which is the lock on the target. */
async function tryToStart(
  rollout: Rollout,
  target: ChangeStatus,
  planAgain: boolean,
): Promise<Change | undefined> {
  const { input, valid, status } = rollout;
  const { cluster, mesh, plan } = target;
  if (plan === undefined) throw new Error(`${cluster} has no plan.`);
  const { repository, pattern, commit } = input;
  try {
    return await startChild<typeof meshChange>(WorkflowType.meshChange, {
      workflowId: workflowId.change(cluster, mesh),
      args: [
        {
          rollout: status.rollout,
          repository,
          commit: commit.id,
          pattern,
          snapshot: valid.snapshot,
          cluster,
          plan,
          planAgain,
          approvalRequired: valid.approval.required,
        },
      ],
      // When the rollout is ended from outside, a change stops at a stage it can name.
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: summary(
        `${plan.action} ${mesh} ${plan.mesh.version} on ${cluster} for ${pattern}@${shortCommit(commit.id)}`,
      ),
      staticDetails: `Plan ${code(plan.digest)}: ${formatCounts(plan.counts)}`,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

/** The status a change ends with, also where it fails; only the cancellation of the rollout itself is thrown. */
async function follow(target: ChangeStatus, change: Change): Promise<ChangeStatus> {
  try {
    return await change.result();
  } catch (error) {
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

/** The rollout changes while any of its targets does, and queues while all that could go on do. */
function publishProgress({ status }: Rollout): void {
  const changing = status.targets.filter(({ phase }) => phase === Phase.changing);
  const queued = status.targets.filter(
    ({ phase, waitingFor }) => phase === Phase.queued && waitingFor !== undefined,
  );
  if (changing.length > 0)
    waitFor(status, `the change of ${changing.map(({ cluster }) => cluster).join(', ')}`);
  else waitFor(status, queued[0]?.waitingFor);
  publish(status, changing.length > 0 ? Phase.changing : Phase.queued);
}
