import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { describePlanning, failureOf, Phase, type ChangeStatus } from '@meshwright/model';
import { asksFirst, readRules } from '@meshwright/approval-gate';
import { targetActivities } from '@meshwright/workflow-kit';
import { manner } from './plans.ts';
import { isOver, publish, RolloutStop, stopIfOver, waitFor, type Rollout } from './state.ts';

const attemptSeconds = 600;

/**
 * Makes the plans of all targets, all at the same time, and learns who may decide on them, before anything is decided or changed.
 * @throws RolloutStop when a plan cannot be made, or the rollout is ended meanwhile.
 */
export async function planTargets(rollout: Rollout): Promise<void> {
  const scope = new CancellationScope();
  const planned = scope.run(() =>
    Promise.allSettled([
      learnRules(rollout),
      ...rollout.status.targets.map((target) => plan(rollout, target)),
    ]),
  );
  await Promise.race([planned, condition(() => isOver(rollout))]);
  if (isOver(rollout)) scope.cancel();
  stopIfOver(rollout);
  const refused = (await planned).find((result) => result.status === 'rejected');
  if (refused === undefined) return;
  if (isCancellation(refused.reason)) throw refused.reason;
  throw new RolloutStop(Phase.failed, failureOf(refused.reason));
}

async function learnRules(rollout: Rollout): Promise<void> {
  rollout.rules = await readRules(rollout.repository);
}

async function plan(rollout: Rollout, target: ChangeStatus): Promise<void> {
  const { input, valid } = rollout;
  const { cluster } = target;
  waitForPlans(rollout);
  const what = describePlanning(valid.mesh, { purpose: input.purpose, cluster });
  const { planChange } = targetActivities({ cluster, what, attemptSeconds });
  try {
    const { pattern, repository, commit, purpose } = input;
    target.plan = await planChange({
      cluster,
      pattern,
      repository,
      commit: commit.id,
      snapshot: valid.snapshot,
      purpose,
      ...manner(rollout),
    });
    target.phase = asksFirst(target.plan, valid.approval) ? Phase.awaitingApproval : Phase.queued;
  } catch (error) {
    if (!isCancellation(error)) {
      target.phase = Phase.failed;
      target.failure = failureOf(error);
    }
    throw error;
  } finally {
    waitForPlans(rollout);
    publish(rollout);
  }
}

function waitForPlans({ status }: Rollout): void {
  const missing = status.targets
    .filter(({ phase }) => phase === Phase.planning)
    .map(({ cluster }) => cluster);
  waitFor(
    status,
    missing.length === 0 ? 'the gateway, to say who may decide' : `the plan of ${missing.join(', ')}`,
  );
}
