import { setCurrentDetails, workflowInfo, type ChildWorkflowHandle } from '@temporalio/workflow';
import {
  Command,
  Phase,
  wantedMesh,
  type ChangeStatus,
  type Failure,
  type Intervention,
  type Origin,
  type RolloutInput,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import type { Askers, Gated } from '@meshwright/approval-gate';
import type { meshChange } from '@meshwright/mesh-change';
import type { Followers } from '@meshwright/messages';
import { setAttributes } from '@meshwright/workflow-kit';
import { rolloutDetails } from './details.ts';

/** The change of one target while it runs. */
export type RunningChange = ChildWorkflowHandle<typeof meshChange>;

/** A rollout while it runs: what it was started with, what it tells, and what others have asked of it. */
export interface Rollout extends Gated {
  input: RolloutInput;
  valid: ValidPattern;
  status: RolloutStatus;
  askers: Askers;
  followers: Followers;
  /** Who brought the commit in, once it is known. */
  origin?: Origin;
  /** The gate that is open, with how many of its changes wait at it. */
  gate?: { name: string; inside: number };
  /** By the place of the target in the status. */
  changes: Map<number, RunningChange>;
  /** The id of the newer rollout of the same pattern, once there is one. */
  supersededBy?: string;
  /** Somebody wants it to wait before it changes more. */
  pause?: Intervention;
  /** Somebody has turned it back, or cancelled it. */
  ended?: Intervention;
}

/** Ends a rollout in a phase, for a reason. */
export class RolloutStop extends Error {
  readonly phase: Phase;
  readonly failure: Failure;

  constructor(phase: Phase, failure: Failure) {
    super(failure.message);
    this.name = 'RolloutStop';
    this.phase = phase;
    this.failure = failure;
  }
}

/** A rollout that has just begun. */
export function beginRollout(
  input: RolloutInput,
  valid: ValidPattern,
  status: RolloutStatus,
  followers: Followers,
): Rollout {
  const { repository, commit, request } = input;
  return {
    repository,
    input,
    valid,
    status,
    rules: undefined,
    askers: { commit, accounts: [], ...(request === undefined ? {} : { requester: request.identity }) },
    followers,
    changes: new Map(),
    publish: () => {
      publish({ status, followers });
      followers.tell();
    },
  };
}

/** The status of a rollout that has just begun. */
export function initialStatus(input: RolloutInput): RolloutStatus {
  const { repository, pattern, path, commit, valid, diagnostics, purpose, request } = input;
  return {
    rollout: workflowInfo().workflowId,
    repository,
    pattern,
    path,
    commit: commit.id,
    author: commit.author,
    subject: commit.subject,
    phase: Phase.planning,
    purpose,
    ...(request === undefined ? {} : { request }),
    ...(valid === undefined ? {} : { mesh: wantedMesh(valid.mesh, purpose) }),
    targets:
      valid === undefined ? [] : inWaves(valid).map((cluster) => pendingTarget(cluster, valid.mesh.type)),
    interventions: [],
    decisions: [],
    diagnostics,
    startedAt: workflowInfo().startTime.getTime(),
  };
}

function inWaves({ targets }: ValidPattern): string[] {
  return targets.toSorted((a, b) => a.wave - b.wave).map(({ cluster }) => cluster);
}

function pendingTarget(cluster: string, mesh: string): ChangeStatus {
  return { cluster, mesh, phase: Phase.planning, stages: [], interventions: [] };
}

/** What is shown and told of a rollout. */
export type Shown = Pick<Rollout, 'status' | 'followers'>;

/** Shows the status in the Temporal UI; where the phase has changed, it is written, and those who follow are told. */
export function publish({ status, followers }: Shown, phase: Phase = status.phase): void {
  if (phase !== status.phase) {
    status.phase = phase;
    setAttributes({ phase });
    followers.tell();
  }
  setCurrentDetails(rolloutDetails(status, workflowInfo().namespace));
}

/** Sets or clears what a status waits for. */
export function waitFor(status: { waitingFor?: string }, what: string | undefined): void {
  if (what === undefined) delete status.waitingFor;
  else status.waitingFor = what;
}

/** Whether the rollout starts nothing more. */
export function isOver({ supersededBy, ended }: Rollout): boolean {
  return supersededBy !== undefined || ended !== undefined;
}

/**
 * Stops a rollout that somebody has ended, or that a newer one has taken the place of.
 * @throws RolloutStop
 */
export function stopIfOver({ supersededBy, ended }: Rollout): void {
  if (ended !== undefined) throw new RolloutStop(Phase.cancelled, endedBy(ended));
  if (supersededBy === undefined) return;
  throw new RolloutStop(Phase.cancelled, {
    code: 'SUPERSEDED',
    message: `A newer commit has taken the place of this one: ${supersededBy}.`,
    remedy: `Follow ${supersededBy} instead.`,
  });
}

/** Why a rollout ended that a person has turned back or cancelled. */
function endedBy({ command, identity, reason }: Intervention): Failure {
  const what = command === Command.rollback ? 'taken back' : 'cancelled';
  return {
    code: 'CANCELLED',
    message: `The rollout was ${what} by ${identity}${reason === undefined ? '.' : `: ${reason}`}`,
    remedy: startAgain,
  };
}

/** What to do about a rollout that was cancelled. */
export const startAgain =
  'Commit again, or start the rollout again, to go on: what is done is found unchanged.';
