import type { Arm, BaselineInput, BaselineStatus } from './baseline.ts';
import type { Digest } from './plan.ts';

/** What one arm of a baseline was, as far as it is known. Without `mesh` there was none, or it is not known. */
export interface MeasuredArm {
  mesh?: { type: string; version?: string; revision?: string };
  /** Of the configuration in effect, such as the pattern's snapshot. */
  configuration?: Digest;
  /** The commit that the configuration was read at. */
  commit?: string;
}

/** Where a baseline was measured, and of what, as far as it is known. */
export interface BaselineContext {
  repository?: string;
  pattern?: string;
  cluster?: string;
  /** The workflow run that measured. */
  workflow?: { id: string; runId: string };
  arms?: Readonly<Partial<Record<Arm, MeasuredArm>>>;
}

/** What an arm used while it was measured: `{ arm: 'b', name: 'proxyMemory', unit: 'bytes', value: 52428800 }`. */
export interface CostFigure {
  arm: Arm;
  name: string;
  unit: string;
  value: number;
}

/** A baseline as it is kept: what was asked for, all that was measured, and where. */
export interface BaselineRecord {
  /** Its own for ever, such as the run id of its workflow: letters, digits and `._:@/-`, at most 200. */
  id: string;
  context: BaselineContext;
  input: BaselineInput;
  /** How it ended. One that was stopped has no judgement. */
  status: BaselineStatus;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  costs?: readonly CostFigure[];
}

/** Activities of the orchestrator, on its own task queue. */
export interface KeepingActivities {
  /** Keeps a baseline in the results database. Safe to repeat. */
  keepBaseline(record: BaselineRecord): Promise<void>;
}
