import type { SeenWrite } from '../proxy/fault-proxy.ts';
import type { LiveObject } from './cluster.ts';
import type { TargetState } from './state.ts';
import type { Run } from './temporal.ts';

/** A plan as its evidence says, as far as the reader compares it. */
export interface PlanEvidence {
  confirmations: string[];
  stages: PlanStage[];
  rollback: PlanStage[];
}

export interface PlanStage {
  id: string;
  objects: Named[];
  deletes: { kind: string; name: string }[];
  leftovers: { kind: string; name: string }[];
}

interface Named {
  kind: string;
  metadata: { name: string };
}

/** All that the reader saw after a fault and its recovery, by its own means. */
export interface Observation {
  /** When the operation began, milliseconds since 1970. */
  since: number;
  /** The commits of the operation as workflow ids of their rollouts, the last one last. */
  rollouts: readonly string[];
  /** All objects of the cluster. */
  live: readonly LiveObject[];
  state: TargetState;
  /** What the target was before the operation, and what it should come to. */
  before: TargetState;
  after: TargetState;
  /** Changes and rollouts that were under way since the operation began. */
  runs: readonly Run[];
  /** What went to the API server meanwhile. */
  writes: readonly SeenWrite[];
  /** The evidence of every plan that was carried out; undefined where it cannot be read, or is not what its digest says. */
  plans: ReadonlyMap<string, PlanEvidence | undefined>;
  /** Whatever people or machines may read: histories, logs, evidence, what the command line prints. */
  texts: readonly { place: string; text: string }[];
  secrets: readonly { place: string; value: string }[];
}

/** An invariant of the design that does not hold. */
export interface Violation {
  /** Its number in the design. */
  invariant: 1 | 2 | 3 | 4 | 5 | 6;
  what: string;
}
