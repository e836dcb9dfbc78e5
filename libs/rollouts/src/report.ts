import { type Failure, isFinal, Phase, type RolloutStatus } from '@meshwright/model';

/** How a workflow execution stands, in Temporal's words. */
export type ExecutionState =
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timed-out'
  | 'continued-as-new'
  | 'unknown';

/** A rollout as Temporal's visibility lists it; times are milliseconds since 1970. */
export interface RolloutRecord {
  /** The workflow id: `rollout:<pattern>@<commit>`. */
  rollout: string;
  runId: string;
  state: ExecutionState;
  /** What the rollout last said of itself; it says nothing more when its execution was ended from outside. */
  phase?: Phase;
  repository?: string;
  pattern?: string;
  clusters: string[];
  mesh?: string;
  commit?: string;
  startedAt: number;
  finishedAt?: number;
}

/** Everything that could be found out about one rollout. */
export interface RolloutReport {
  record: RolloutRecord;
  /** Absent when no worker answered. */
  status?: RolloutStatus;
  /** Why the execution ended, when it ended without a status. */
  failure?: Failure;
  /** What is missing from this report and why. */
  notes: string[];
}

/** The phase that is true of an execution: one that was ended from outside no longer changes anything. */
export function phaseOf(record: Pick<RolloutRecord, 'phase' | 'state'>): Phase | undefined {
  const { phase, state } = record;
  if (state === 'running' || state === 'completed' || state === 'unknown') return phase;
  if (phase !== undefined && isFinal(phase)) return phase;
  return state === 'cancelled' || state === 'terminated' ? Phase.cancelled : Phase.failed;
}

/** The phase of a report: what the rollout says of itself, or else what its execution shows. */
export function phaseOfReport(report: RolloutReport): Phase | undefined {
  return phaseOf({ state: report.record.state, ...phaseField(report.status?.phase ?? report.record.phase) });
}

function phaseField(phase: Phase | undefined): { phase?: Phase } {
  return phase === undefined ? {} : { phase };
}
