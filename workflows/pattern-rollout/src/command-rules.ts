import { Command, isFinal, Phase, Purpose, type CommandRequest, type Failure } from '@meshwright/model';
import { malformedPerson } from '@meshwright/approval-gate';
import type { Rollout } from './state.ts';

/** What of a rollout decides on a command. */
export type Commanded = Pick<Rollout, 'status' | 'pause' | 'ended' | 'rules'> & {
  changes: ReadonlyMap<number, unknown>;
};

/** Why a command cannot be taken now; undefined when it can. It comes from outside and may have any shape. */
export function commandRefusal(request: unknown, rollout: Commanded): Failure | undefined {
  const malformed = malformedPart(request);
  if (malformed !== undefined) return { code: 'INVALID_INPUT', message: malformed };
  const { command } = request as CommandRequest;
  if (isFinal(rollout.status.phase)) {
    return refuse(`The rollout has ended: it is ${rollout.status.phase}.`);
  }
  return rules[command](rollout);
}

function malformedPart(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return 'A command is an object with an identity.';
  const { command, identity, reason } = request as Partial<Record<keyof CommandRequest, unknown>>;
  if (!Object.values(Command).some((known) => known === command)) {
    return `A command is one of ${Object.values(Command).join(', ')}.`;
  }
  return malformedPerson(identity, reason);
}

/** Phases in which nothing is being changed, and something may be later. */
const notYet: readonly Phase[] = [Phase.planning, Phase.awaitingApproval, Phase.queued];

const rules: Record<Command, (rollout: Commanded) => Failure | undefined> = {
  pause: (rollout) => {
    if (rollout.pause !== undefined) return refuse(`${rollout.pause.identity} has paused it already.`);
    if (
      goes(rollout, Phase.changing, Phase.measuring, Phase.rollingBack) ||
      notYet.includes(rollout.status.phase)
    )
      return undefined;
    return refuse(`Nothing runs that could pause: the rollout is ${rollout.status.phase}.`);
  },
  resume: ({ pause, status, rules: policy }) => {
    if (pause !== undefined) return undefined;
    if (!status.targets.some(({ gate }) => gate?.asks === true)) {
      return refuse('It is not paused, and no change waits to be kept.');
    }
    if (policy === undefined) return undefined;
    return refuse(
      'Whether the change is kept is decided by those whom the policy file names.',
      'Approve it to keep it, or reject it to take it back.',
    );
  },
  retry: (rollout) =>
    goes(rollout, Phase.stopped)
      ? undefined
      : refuse('No change is stopped at a failed stage, so there is none to try again.'),
  rollback: (rollout) => {
    if (rollout.status.purpose === Purpose.uninstall) {
      return refuse(
        'An uninstall has no way back.',
        'Cancel it, then install the mesh again from its pattern.',
      );
    }
    if (goes(rollout, Phase.stopped)) return undefined;
    if (goesForward(rollout)) return rollout.ended === undefined ? undefined : turnedAlready(rollout.ended);
    if (goes(rollout, Phase.rollingBack, Phase.paused)) return refuse('It is being taken back already.');
    return refuse(
      `Nothing has been changed that could be taken back: the rollout is ${rollout.status.phase}.`,
      'Cancel it to end it.',
    );
  },
  cancel: (rollout) => {
    if (goes(rollout, Phase.stopped)) return undefined;
    if (rollout.ended !== undefined) return turnedAlready(rollout.ended);
    const waits = rollout.status.targets.some(
      ({ phase }, place) => !isFinal(phase) && !rollout.changes.has(place),
    );
    if (waits || goesForward(rollout)) return undefined;
    return goes(rollout, Phase.rollingBack, Phase.paused)
      ? refuse('It is being taken back already; that is not interrupted.')
      : refuse('It is about to end.');
  },
};

/** Whether a change runs that is in one of these phases. */
function goes({ status, changes }: Commanded, ...phases: Phase[]): boolean {
  return status.targets.some(({ phase }, place) => changes.has(place) && phases.includes(phase));
}

const forwardPhases: readonly Phase[] = [Phase.changing, Phase.measuring, Phase.paused];

/** Whether a change runs that has not turned back. */
function goesForward({ status, changes }: Commanded): boolean {
  return status.targets.some(
    ({ phase, rollback }, place) =>
      changes.has(place) && rollback === undefined && forwardPhases.includes(phase),
  );
}

function turnedAlready({ command, identity }: NonNullable<Commanded['ended']>): Failure {
  return refuse(`${identity} has said ${command} already.`);
}

function refuse(message: string, remedy?: string): Failure {
  return { code: 'COMMAND_REFUSED', message, ...(remedy === undefined ? {} : { remedy }) };
}
