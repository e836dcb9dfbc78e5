import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import {
  Command,
  Gate,
  Message,
  type ChangeStatus,
  type Intervention,
  type TakenDecision,
} from '@meshwright/model';
import { approvalsOf, digestOf, passGate, type GateEnd } from '@meshwright/approval-gate';
import { atGate } from './gates.ts';
import type { Rollout, RunningChange } from './state.ts';
import { tell } from './telling.ts';

/**
 * Opens a gate whenever a change asks whether it is kept, until the change has ended: who approves keeps it, who rejects
 * takes it back, and so does the time. A command that says the same settles it as well.
 */
export function decideVerdicts(rollout: Rollout, place: number, change: RunningChange): Promise<void> {
  // A change that is being taken back may still ask.
  return CancellationScope.nonCancellable(() => decideEach(rollout, place, change));
}

async function decideEach(rollout: Rollout, place: number, change: RunningChange): Promise<void> {
  const ended = (): boolean => rollout.changes.get(place) !== change;
  const asks = (): boolean => rollout.status.targets[place]?.gate?.asks === true;
  for (let asked = 1; ; asked += 1) {
    await condition(() => asks() || ended());
    if (ended()) return;
    const over = (): boolean => !asks() || ended();
    const end = await openVerdict(rollout, place, asked, over);
    const order = orderOf(end, rollout);
    if (order === undefined) continue;
    rollout.status.interventions.push(order);
    await tell(change, Message.command, order);
    await condition(over);
  }
}

async function openVerdict(
  rollout: Rollout,
  place: number,
  asked: number,
  isOver: () => boolean,
): Promise<GateEnd> {
  const target = rollout.status.targets[place];
  if (target === undefined) return { end: 'over' };
  const gate = Gate.verdict(target.cluster);
  for (;;) {
    const end = await atGate(rollout, gate, () =>
      passGate(
        rollout,
        {
          gate,
          title: `of the verdict on ${target.cluster}`,
          run: workflowInfo().runId,
          subject: digestOf([gate, String(asked), ...wordsOf(target)]),
          confirms: [`${target.cluster}: ${target.gate?.reason ?? 'it could not be judged'}`],
        },
        { terms: rollout.valid.approval, isOver },
      ),
    );
    if (end.end !== 'over' || isOver()) return end;
  }
}

/** What is decided on: the plan that was carried out, and what was found of it. */
function wordsOf({ plan, gate }: ChangeStatus): string[] {
  return [plan?.digest ?? '', gate?.verdict ?? '', gate?.reason ?? ''];
}

/** What the change is told; undefined where it goes on by other means. */
function orderOf(end: GateEnd, { status }: Rollout): Intervention | undefined {
  const at = Date.now();
  switch (end.end) {
    case 'over':
      return undefined;
    case 'open':
      return { command: Command.resume, at, ...sayer(lastApproval(status)) };
    case 'rejected':
      return { command: Command.rollback, at, ...sayer(end.by) };
    case 'expired':
      return { command: Command.rollback, at, identity: 'nobody', reason: 'Nobody decided in time.' };
  }
}

function lastApproval({ approval }: Rollout['status']): TakenDecision | undefined {
  return approval === undefined ? undefined : (approvalsOf(approval).at(-1) ?? approval.decisions.at(-1));
}

function sayer(taken: TakenDecision | undefined): Pick<Intervention, 'identity' | 'reason'> {
  if (taken === undefined) return { identity: 'nobody' };
  const { person, reason } = taken;
  return { identity: person, ...(reason === undefined ? {} : { reason }) };
}
