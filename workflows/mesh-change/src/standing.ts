import { CancellationScope, condition } from '@temporalio/workflow';
import { Command, Phase, type Failure } from '@meshwright/model';
import { announce, publish, type Change, type Ending } from './change.ts';
import { withLines } from './failures.ts';
import { noteOwned } from './owned.ts';

/** How a change goes on that stood still. */
export type Decision = { to: 'retry' } | { to: 'rollback' } | Extract<Ending, { to: 'end' }>;

/**
 * Stops, holding the lock on the target, with the failed stage and what is owned there named, until a person says how
 * it goes on or a newer rollout takes over. Cancelling the run ends it as it is, unless it had been cancelled before.
 */
export async function standStill(change: Change, failure: Failure): Promise<Decision> {
  const { status, orders } = change;
  status.failure = failure;
  if (orders.supersededBy === undefined) await waitForDecision(change);
  const { decision, supersededBy } = orders;
  delete orders.decision;
  if (decision?.command === Command.retry || decision?.command === Command.rollback) {
    delete status.failure;
    delete status.owned;
    return { to: decision.command };
  }
  return { to: 'end', phase: Phase.failed, failure: withLines(failure, endedBy(decision, supersededBy)) };
}

async function waitForDecision(change: Change): Promise<void> {
  const { status, orders } = change;
  const cancelledBefore = orders.forward.consideredCancelled;
  const over = (): boolean =>
    orders.decision !== undefined ||
    orders.supersededBy !== undefined ||
    (orders.forward.consideredCancelled && !cancelledBefore);
  await CancellationScope.nonCancellable(async () => {
    status.waitingFor = 'a person, who says whether to retry the stage, to roll back, or to cancel';
    await announce(change, Phase.stopped);
    await noteOwned(change);
    publish(change);
    await condition(over);
    delete status.waitingFor;
  });
}

function endedBy(decision: Change['orders']['decision'], supersededBy: string | undefined): string {
  if (decision !== undefined) {
    const why = decision.reason === undefined ? '' : `: ${decision.reason}`;
    return `${decision.identity} left it as it is${why}`;
  }
  return supersededBy === undefined
    ? 'It was cancelled and left as it is.'
    : `Left as it is for ${supersededBy}.`;
}
