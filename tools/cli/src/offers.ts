import { isFinal, Phase, Purpose, type RolloutStatus, shortName } from '@meshwright/model';
import { isHalfWay } from './history/rows.ts';
import { approveCommand } from '@meshwright/rollouts';

/** A command line that a person can use now, and what it is good for. */
export interface Offer {
  line: string;
  purpose: string;
}

/** What a person can do about a rollout as it stands. */
export function offersFor(status: RolloutStatus): Offer[] {
  return isFinal(status.phase) ? afterwards(status) : meanwhile(status);
}

function meanwhile({ rollout, phase, approval, targets, purpose }: RolloutStatus): Offer[] {
  const name = shortName(rollout);
  const offer = (command: string, what: string): Offer => ({
    line: `meshwright ${command} ${name}`,
    purpose: what,
  });
  const stopped = targets.filter((target) => target.phase === Phase.stopped);
  if (stopped.length > 0) {
    const canTurn = purpose === Purpose.apply && stopped.every(({ rollback }) => rollback === undefined);
    const asks = stopped.some(({ gate }) => gate?.asks === true);
    return [
      ...(asks ? [offer('resume', 'keep the change')] : []),
      offer('retry', asks ? 'measure again' : 'try the failed stage again'),
      ...(canTurn ? [offer('rollback', 'take back what was done')] : []),
      offer('cancel', 'end it as it is now'),
    ];
  }
  if (phase === Phase.paused || targets.some((target) => target.phase === Phase.paused)) {
    return [offer('resume', 'go on'), offer('cancel', endsWith(purpose))];
  }
  switch (phase) {
    case Phase.awaitingApproval:
      return [
        ...(approval === undefined
          ? []
          : [{ line: approveCommand(rollout, approval.subject), purpose: 'approve exactly this' }]),
        { line: `meshwright reject ${name} --reason "…"`, purpose: 'reject it: nothing is changed' },
        approval?.held === undefined
          ? offer('hold', 'keep it from going ahead')
          : offer('release', 'let go of what is held'),
      ];
    case Phase.changing:
    case Phase.measuring:
      return [offer('pause', 'wait before the next stage'), offer('cancel', endsWith(purpose))];
    case Phase.planning:
    case Phase.queued:
      return [offer('cancel', 'end it: nothing is changed')];
    default:
      return [];
  }
}

function endsWith(purpose: Purpose): string {
  return purpose === Purpose.uninstall ? 'end it as it is then' : 'end it, as after a failure';
}

function afterwards(status: RolloutStatus): Offer[] {
  const { rollout, phase, hold, failure, pattern, purpose, targets } = status;
  const again = { line: `meshwright retry ${shortName(rollout)}`, purpose: 'start it again' };
  if (phase === Phase.succeeded || phase === Phase.invalid) return [];
  if (failure?.code === 'SUPERSEDED') return [];
  if (hold !== undefined || failure?.code === 'HELD') {
    return [{ ...again, purpose: 'try the held commit again' }];
  }
  if (purpose === Purpose.uninstall || (phase !== Phase.failed && !targets.some(isHalfWay))) return [again];
  const back = { line: `meshwright rollback ${pattern}`, purpose: 'go back to the last that succeeded' };
  return [again, back];
}
