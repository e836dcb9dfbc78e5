import { CancellationScope, condition } from '@temporalio/workflow';
import { Command, Phase, type Failure, type Intervention } from '@meshwright/model';
import { announce, publish, type Change, type Ending } from './change.ts';
import { withLines } from './failures.ts';
import { noteOwned } from './owned.ts';

/** How a change goes on that stood still. Only one that its gate stopped can be resumed: it is kept then. */
export type Decision =
  | { to: 'retry' }
  | { to: 'rollback' }
  | { to: 'resume'; identity: string; reason?: string }
  | Extract<Ending, { to: 'end' }>;

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
  if (decision !== undefined && decision.command !== Command.cancel) {
    delete status.failure;
    delete status.owned;
    return decisionOf(decision);
  }
  return { to: 'end', phase: Phase.failed, failure: withLines(failure, endedBy(decision, supersededBy)) };
}

function decisionOf({ command, identity, reason }: Intervention): Decision {
  if (command === Command.resume)
    return { to: command, identity, ...(reason === undefined ? {} : { reason }) };
  return { to: command === Command.rollback ? command : Command.retry };
}

async function waitForDecision(change: Change): Promise<void> {
  const { status, orders } = change;
  const cancelledBefore = orders.forward.consideredCancelled;
  const over = (): boolean =>
    orders.decision !== undefined ||
    orders.supersededBy !== undefined ||
    (orders.forward.consideredCancelled && !cancelledBefore);
  await CancellationScope.nonCancellable(async () => {
    status.waitingFor =
      status.gate?.asks === true
        ? 'a person, who says whether to keep the change (resume), to measure again (retry), to roll back, or to cancel'
        : 'a person, who says whether to retry the stage, to roll back, or to cancel';
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
