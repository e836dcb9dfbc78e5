import { CancelledFailure } from '@temporalio/common';
import { CancellationScope, defineQuery, setHandler } from '@temporalio/workflow';
import { Message, Phase, type ChangeStatus, type ErrorCode } from '@meshwright/model';
import { failRun, setAttributes } from '@meshwright/workflow-kit';
import { goBack } from './back.ts';
import { beginChange, enter, type Change, type Ending } from './change.ts';
import { takeOrders } from './commands.ts';
import { conclude } from './concluding.ts';
import { goForward } from './forward.ts';
import { openGate, type Gate } from './gate/gate.ts';
import { closeProbes } from './gate/probes.ts';
import { judgeRestored } from './gate/verdict.ts';
import type { MeshChangeInput } from './input.ts';
import { noteOwned } from './owned.ts';
import { planUnderLock } from './planning.ts';
import { hasBegun } from './stages.ts';

const changeStatus = defineQuery<ChangeStatus>(Message.changeStatus);

/**
 * Carries out the plan of one target as a saga: stage by stage, each applied and verified before the next one starts. Its
 * workflow id is the lock on the mesh of that target. When a stage fails, or somebody turns the change back, the plan's
 * way back is gone in a scope that cancellation does not reach; with `onFailure: stop`, or when the way back fails, the
 * change stops and waits for a person. A change that comes to anything but success ends as Failed, or as Cancelled when
 * it was cancelled and nothing had to be taken back; the status is the second detail of the failure.
 */
export async function meshChange(input: MeshChangeInput): Promise<ChangeStatus> {
  const change = beginChange(input);
  const { status } = change;
  setHandler(changeStatus, () => status);
  takeOrders(change);
  const { repository, pattern, cluster, commit } = input;
  setAttributes({ repository, pattern, cluster, commit, mesh: status.mesh });
  enter(change, Phase.changing);
  const planned = input.planAgain ? await planUnderLock(change) : undefined;
  if (planned === 'undecided') {
    enter(change, Phase.awaitingApproval);
    return status;
  }
  const gate = planned === undefined ? openGate(change) : undefined;
  const turn = planned ?? (await goForward(change, gate));
  const ending = turn.to === 'back' ? await goBack(change, turn.failure) : turn;
  if (gate !== undefined) await closeGate(change, gate, ending);
  return end(change, ending);
}

/** What was taken back for what it did to the workload is measured once more. */
async function closeGate(change: Change, gate: Gate, ending: Ending): Promise<void> {
  const wasTakenBack = ending.to === 'end' && ending.phase === Phase.rolledBack;
  if (wasTakenBack && measuredCodes.includes(ending.failure.code)) await judgeRestored(change, gate);
  if (gate.plan.probes?.staysOpen === true) await closeProbes(change, gate);
}

const measuredCodes: readonly string[] = ['REGRESSED', 'INCONCLUSIVE', 'ERROR_BURST'] satisfies ErrorCode[];

async function end(change: Change, ending: Ending): Promise<ChangeStatus> {
  const { input, status } = change;
  if (ending.to === 'kept') {
    await conclude(change, { outcome: 'kept', ...(input.holds === undefined ? {} : { hold: input.holds }) });
    enter(change, Phase.succeeded);
    return status;
  }
  status.failure = ending.failure;
  if (ending.phase === Phase.rolledBack) {
    const hold = { commit: input.commit, reason: ending.failure.message };
    await conclude(change, { outcome: 'rolled-back', hold });
  } else if (status.owned === undefined && status.stages.some(hasBegun)) {
    await noteOwned(change);
  }
  enter(change, ending.phase);
  const cancelled = ending.phase === Phase.cancelled && CancellationScope.current().consideredCancelled;
  if (cancelled) throw new CancelledFailure(status.failure.message);
  throw failRun(status.failure, status);
}
