import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import {
  Phase,
  type ChangeStatus,
  type Failure,
  type RolloutInput,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import { setAttributes } from '@meshwright/workflow-kit';
import { rolloutDetails } from './details.ts';

/** A rollout while it runs: what it was started with, what it tells, and who has taken its place. */
export interface Rollout {
  input: RolloutInput;
  valid: ValidPattern;
  status: RolloutStatus;
  /** The id of the newer rollout of the same pattern, once there is one. */
  supersededBy?: string;
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

/** The status of a rollout that has just begun. */
export function initialStatus(input: RolloutInput): RolloutStatus {
  const { repository, pattern, path, commit, valid, diagnostics } = input;
  return {
    rollout: workflowInfo().workflowId,
    repository,
    pattern,
    path,
    commit: commit.id,
    author: commit.author,
    subject: commit.subject,
    phase: Phase.planning,
    ...(valid === undefined ? {} : { mesh: valid.mesh }),
    targets:
      valid === undefined ? [] : inWaves(valid).map((cluster) => pendingTarget(cluster, valid.mesh.type)),
    diagnostics,
    startedAt: workflowInfo().startTime.getTime(),
  };
}

function inWaves({ targets }: ValidPattern): string[] {
  return targets.toSorted((a, b) => a.wave - b.wave).map(({ cluster }) => cluster);
}

function pendingTarget(cluster: string, mesh: string): ChangeStatus {
  return { cluster, mesh, phase: Phase.planning, stages: [] };
}

/** Shows the status in the Temporal UI; the phase is written where it has changed. */
export function publish(status: RolloutStatus, phase: Phase = status.phase): void {
  if (phase !== status.phase) {
    status.phase = phase;
    setAttributes({ phase });
  }
  setCurrentDetails(rolloutDetails(status, workflowInfo().namespace));
}

/** Sets or clears what a status waits for. */
export function waitFor(status: { waitingFor?: string }, what: string | undefined): void {
  if (what === undefined) delete status.waitingFor;
  else status.waitingFor = what;
}

/**
 * Stops a rollout that a newer one has taken the place of.
 * @throws RolloutStop
 */
export function stopIfSuperseded({ supersededBy }: Rollout): void {
  if (supersededBy === undefined) return;
  throw new RolloutStop(Phase.cancelled, {
    code: 'SUPERSEDED',
    message: `A newer commit has taken the place of this one: ${supersededBy}.`,
    remedy: `Follow ${supersededBy} instead.`,
  });
}
