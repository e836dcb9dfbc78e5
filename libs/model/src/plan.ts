import type { KubernetesObject, ObjectReference } from './kubernetes.ts';

/** The SHA-256 of an evidence blob: `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** What a plan does as a whole. */
export const PlanAction = {
  install: 'install',
  upgrade: 'upgrade',
  configure: 'configure',
  adopt: 'adopt',
  none: 'none',
} as const;
export type PlanAction = (typeof PlanAction)[keyof typeof PlanAction];

/**
 * What a stage does: `apply` writes objects and waits for their readiness, `restart` rolls workloads,
 * `prune` deletes what the pattern no longer holds, `verify` only looks.
 */
export const StageKind = { apply: 'apply', restart: 'restart', prune: 'prune', verify: 'verify' } as const;
export type StageKind = (typeof StageKind)[keyof typeof StageKind];

/** What happens to one object. */
export const Change = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  unchanged: 'unchanged',
} as const;
export type Change = (typeof Change)[keyof typeof Change];

/** One field that would change; values are shortened, and redacted where they may be secret. */
export interface FieldChange {
  /** A JSON pointer (RFC 6901). */
  path: string;
  before?: unknown;
  after?: unknown;
}

export interface ObjectChange {
  object: ObjectReference;
  change: Change;
  fields: FieldChange[];
  /** True where the server could not be asked, because the object's namespace or kind is itself in the plan. */
  predicted?: boolean;
}

/** One ordered step of a plan, with what it writes. */
export interface PlannedStage {
  id: string;
  title: string;
  kind: StageKind;
  /** How long the stage may take to become healthy. */
  timeoutSeconds: number;
  /** Whether the mesh itself is asked for the stage's health, beyond the readiness of its objects. */
  verifiedByMesh: boolean;
  /** The desired objects, exactly as they will be applied. */
  objects: KubernetesObject[];
  /** Workloads that restart (`restart` stages). */
  restarts: ObjectReference[];
  changes: ObjectChange[];
}

/** What would change on one target. Its digest binds approval and application to each other. */
export interface Plan {
  formatVersion: 1;
  cluster: string;
  pattern: string;
  repository: string;
  commit: string;
  /** The digest of the pattern's snapshot. */
  snapshot: Digest;
  mesh: { type: string; version: string; mode: string };
  action: PlanAction;
  stages: PlannedStage[];
  warnings: string[];
}

export interface ChangeCounts {
  create: number;
  update: number;
  delete: number;
  unchanged: number;
}

/** A plan as workflows carry it: a reference with what people are shown. */
export interface PlanSummary {
  digest: Digest;
  cluster: string;
  mesh: { type: string; version: string; mode: string };
  action: PlanAction;
  stages: StageSummary[];
  counts: ChangeCounts;
  restarts: number;
  warnings: string[];
}

export interface StageSummary {
  id: string;
  title: string;
  kind: StageKind;
  timeoutSeconds: number;
  counts: ChangeCounts;
  restarts: number;
}

/** Counts of nothing. */
export const noChanges: Readonly<ChangeCounts> = { create: 0, update: 0, delete: 0, unchanged: 0 };

/** Counts how many objects change in which way. */
export function countChanges(changes: readonly ObjectChange[]): ChangeCounts {
  const counts = { ...noChanges };
  for (const { change } of changes) counts[change] += 1;
  return counts;
}

/** The summary of a plan, given its digest. */
export function summarizePlan(plan: Plan, digest: Digest): PlanSummary {
  const stages = plan.stages.map(summarizeStage);
  return {
    digest,
    cluster: plan.cluster,
    mesh: plan.mesh,
    action: plan.action,
    stages,
    counts: countChanges(plan.stages.flatMap((stage) => stage.changes)),
    restarts: stages.reduce((sum, stage) => sum + stage.restarts, 0),
    warnings: plan.warnings,
  };
}

function summarizeStage(stage: PlannedStage): StageSummary {
  const { id, title, kind, timeoutSeconds } = stage;
  return {
    id,
    title,
    kind,
    timeoutSeconds,
    counts: countChanges(stage.changes),
    restarts: stage.restarts.length,
  };
}

/** How people read counts: `12 to create, 1 to update, 0 to delete`. */
export function formatCounts(counts: ChangeCounts): string {
  return `${counts.create} to create, ${counts.update} to update, ${counts.delete} to delete`;
}
