import { CancelledFailure } from '@temporalio/common';
import { CancellationScope, condition, defineSignal, setHandler } from '@temporalio/workflow';
import { Command, isFinal, Message, Phase, Purpose, type Intervention } from '@meshwright/model';
import { announce, planOf, publish, type Change } from './change.ts';
import { pauseLine } from './details.ts';

const command = defineSignal<[Intervention]>(Message.command);
const superseded = defineSignal<[string]>(Message.superseded);

/** Takes commands from now on. The rollout has checked them; one that came too late is left out. */
export function takeOrders(change: Change): void {
  setHandler(command, (intervention) => {
    if (!take(change, intervention)) return;
    change.status.interventions.push(intervention);
    publish(change);
  });
  setHandler(superseded, (by) => {
    change.orders.supersededBy = by;
  });
}

function take(change: Change, intervention: Intervention): boolean {
  const { orders, status } = change;
  switch (intervention.command) {
    case Command.pause:
      if (orders.pause !== undefined || orders.settled || isFinal(status.phase)) return false;
      orders.pause = intervention;
      return true;
    case Command.resume:
      if (status.gate?.asks === true && status.phase === Phase.stopped) return takeTurn(change, intervention);
      if (orders.pause === undefined) return false;
      delete orders.pause;
      return true;
    default:
      return takeTurn(change, intervention);
  }
}

/** Whoever says how a change goes on wants it to go on: that ends a pause. */
function takeTurn(change: Change, intervention: Intervention): boolean {
  const { orders, status } = change;
  if (status.phase === Phase.stopped) {
    if (orders.decision !== undefined) return false;
    orders.decision = intervention;
  } else {
    const back = intervention.command === Command.rollback;
    if (intervention.command === Command.retry || !canTurn(change) || (back && !hasWayBack(change)))
      return false;
    orders.turn = intervention;
    orders.forward.cancel();
  }
  delete orders.pause;
  return true;
}

function canTurn({ orders, status }: Change): boolean {
  return (
    !orders.settled && orders.turn === undefined && status.rollback === undefined && !isFinal(status.phase)
  );
}

/** Whether what the change does can be taken back: an uninstall is started again instead. */
export function hasWayBack(change: Change): boolean {
  return planOf(change).purpose !== Purpose.uninstall;
}

/**
 * Returns when the next stage may begin: at once, unless somebody has asked for a pause.
 * @throws CancelledFailure when the change has been turned back or cancelled.
 */
export async function mayGoOn(change: Change): Promise<void> {
  const { orders, status } = change;
  const before = status.phase;
  requireNotCancelled();
  while (orders.pause !== undefined) {
    status.waitingFor = pauseLine(orders.pause);
    await announce(change, Phase.paused);
    await condition(() => orders.pause === undefined);
    delete status.waitingFor;
    await announce(change, before);
    requireNotCancelled();
  }
}

function requireNotCancelled(): void {
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('The change was turned back before its next stage.');
  }
}
