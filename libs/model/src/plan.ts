import type { GatePlan } from './gate.ts';
import type { KubernetesObject, ObjectReference } from './kubernetes.ts';
import type { ServiceAccountReference } from './pattern.ts';

/** The SHA-256 of an evidence blob: `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** What a rollout is for: to bring the target to what the pattern says, or to take the pattern's mesh away. */
export const Purpose = { apply: 'apply', uninstall: 'uninstall' } as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** What a plan does as a whole. */
export const PlanAction = {
  install: 'install',
  upgrade: 'upgrade',
  configure: 'configure',
  /** Back to an earlier version or to what was before. */
  rollBack: 'roll-back',
  /** Takes over what another tool installed, without a restart or a change of behaviour. */
  adopt: 'adopt',
  uninstall: 'uninstall',
  none: 'none',
} as const;
export type PlanAction = (typeof PlanAction)[keyof typeof PlanAction];

/**
 * What a stage is mainly there for: `apply` writes objects and waits for their readiness, `restart` rolls workloads,
 * `prune` deletes or releases what the pattern no longer holds, `verify` only looks.
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
  /**
   * The field managers that gave the field its live value since it was last applied: the change takes theirs back.
   * Absent where the pattern itself changed.
   */
  driftedBy?: string[];
}

/** Who holds fields of an object, by field manager with the number of fields (server-side apply, KEP-555). */
export type FieldOwners = Record<string, number>;

export interface ObjectChange {
  object: ObjectReference;
  change: Change;
  fields: FieldChange[];
  /** True where the server could not be asked, because the object's namespace or kind is itself in the plan. */
  predicted?: boolean;
  /** Where the change takes an object over: who holds its fields before and after. */
  owners?: { before: FieldOwners; after: FieldOwners };
  /** Where the object is deleted: what the cluster deletes with it. */
  cascade?: { total: number; sample: string[] };
}

/** An object that goes although no inventory holds it: what a mesh made by itself. Only this very object (uid). */
export interface Leftover extends ObjectReference {
  uid: string;
}

/** One ordered step of a plan. It applies, then deletes, then restarts, then waits until all is well. */
export interface PlannedStage {
  /** Unique in the plan, also among the stages of its way back. */
  id: string;
  title: string;
  kind: StageKind;
  /** How long the stage may take to become healthy. */
  timeoutSeconds: number;
  /** What must hold before it begins, in the words people are shown; the stages before it make sure of it. */
  requires?: string;
  /** The stage of the mesh plugin that says whether this one is healthy, beyond the readiness of its objects. */
  meshStage?: string;
  /** The desired objects, exactly as they will be applied. */
  objects: KubernetesObject[];
  /** Members of the inventory that are deleted, in the reverse order of applying. */
  deletes: ObjectReference[];
  leftovers: Leftover[];
  /**
   * Whether what the mesh has made by itself by then is deleted too, as its plugin finds it: on the way back of an
   * installation, when nobody could name it before.
   */
  sweeps?: true;
  /** Members of the inventory that stay on the cluster and leave the inventory. */
  releases: ObjectReference[];
  /** Workloads that restart, in this order. */
  restarts: ObjectReference[];
  changes: ObjectChange[];
}

/** One step of the way back: the compensation of stages. */
export interface UndoStage extends PlannedStage {
  /** The stages it takes back; it runs when any of them had begun. */
  undoes: string[];
}

/** A mesh as it runs, or is to run, on a target. */
export interface MeshState {
  type: string;
  version: string;
  mode: string;
  /** The control plane's revision; `default` where the mesh has none. */
  revision: string;
  enrolledNamespaces: string[];
}

/** Whom and what a change disturbs while it runs. */
export interface BlastRadius {
  namespaces: string[];
  /** Workloads that restart. */
  workloads: number;
  /** Their pods. */
  pods: number;
}

/** One thing that was looked at before anything changes. A failed one is an error of planning and never in a plan. */
export interface PreflightCheck {
  title: string;
  state: 'passed' | 'warning';
  /** What was found. */
  note: string;
}

/**
 * What would change on one target. Its digest binds approval and application to each other; the commit is no part of it, so
 * that what a pull request was approved for is what its merge does.
 */
export interface Plan {
  formatVersion: 3;
  cluster: string;
  pattern: string;
  repository: string;
  /** The digest of the pattern's snapshot. */
  snapshot: Digest;
  purpose: Purpose;
  action: PlanAction;
  /** The mesh once the plan is carried out; after an uninstall, what was there. */
  mesh: MeshState;
  /** The mesh as it was found; absent where there was none. */
  meshBefore?: MeshState;
  /** The service account that the target is changed as. */
  serviceAccount?: ServiceAccountReference;
  /** Whether fields of other managers are taken over. */
  force: boolean;
  /** How many workloads restart at once. */
  restartsAtOnce: number;
  preflight: PreflightCheck[];
  stages: PlannedStage[];
  /** The way back, in the order it is gone; empty where there is none. */
  rollback: UndoStage[];
  blastRadius: BlastRadius;
  /** How the change is measured; absent where the pattern asks for none, or nothing can be compared. */
  gate?: GatePlan;
  /** What the gate creates on the target while it measures. */
  probes?: KubernetesObject[];
  /** Why a person has to confirm the plan even where no approval is asked for; empty where nobody has to. */
  confirmations: string[];
  warnings: string[];
}

/** To how many objects what happens. Each stands in one of the numbers; one that is taken over in that one too. */
export interface ChangeCounts {
  create: number;
  update: number;
  delete: number;
  unchanged: number;
  /** Objects of the pattern that stay and are let go of; absent where there are none, as are the others below. */
  release?: number;
  /** What the mesh made by itself and the inventory does not hold, and is deleted too. */
  leftover?: number;
  /** Objects whose fields others own. */
  takeOver?: number;
}

/** A plan as workflows carry it: a reference with what people are shown. */
export interface PlanSummary {
  digest: Digest;
  cluster: string;
  purpose: Purpose;
  action: PlanAction;
  mesh: MeshState;
  meshBefore?: MeshState;
  stages: StageSummary[];
  rollback: UndoSummary[];
  counts: ChangeCounts;
  blastRadius: BlastRadius;
  /** Workloads that restart. */
  restarts: number;
  /** Objects with fields that somebody else has changed and the plan takes back; absent where there are none. */
  drifted?: number;
  /** How the change is measured. */
  gate?: GatePlan;
  confirmations: string[];
  warnings: string[];
}

export interface StageSummary {
  id: string;
  title: string;
  kind: StageKind;
  timeoutSeconds: number;
  requires?: string;
  counts: ChangeCounts;
  restarts: number;
}

export interface UndoSummary extends StageSummary {
  undoes: string[];
}

/** Counts of nothing. */
export const noChanges: Readonly<ChangeCounts> = { create: 0, update: 0, delete: 0, unchanged: 0 };
