import type { ApprovalTerms } from './approval.ts';
import type { KubernetesObject } from './kubernetes.ts';
import type { PerformanceGate, PerformanceProfile } from './profile.ts';

/** The API version of the pattern format that this release reads. */
export const patternApiVersion = 'meshwright.dev/v1alpha1';

/**
 * The data-plane modes a pattern can ask for; a mesh declares which it has. With `sidecar` a proxy is beside each workload;
 * with `ambient` proxies of the nodes take in the workloads that enroll; with `node` every pod of a node is in the mesh.
 */
export const MeshMode = { sidecar: 'sidecar', ambient: 'ambient', node: 'node' } as const;
export type MeshMode = (typeof MeshMode)[keyof typeof MeshMode];

/** How a control plane is upgraded. */
export const UpgradeStrategy = { canary: 'canary', inPlace: 'in-place' } as const;
export type UpgradeStrategy = (typeof UpgradeStrategy)[keyof typeof UpgradeStrategy];

/** Mutual TLS between workloads: `strict` refuses plain text, `permissive` takes both. */
export const MutualTls = { strict: 'strict', permissive: 'permissive', disabled: 'disabled' } as const;
export type MutualTls = (typeof MutualTls)[keyof typeof MutualTls];

/** The desired state of one mesh and its workloads, as committed. */
export interface Pattern {
  apiVersion: typeof patternApiVersion;
  kind: 'Pattern';
  metadata: { name: string; labels?: Record<string, string> | undefined };
  spec: PatternSpec;
}

export interface PatternSpec {
  targets: PatternTarget[];
  mesh: MeshSpec;
  workloads: WorkloadSpec[];
  security?: { mtls?: MutualTls | undefined } | undefined;
  /** Globs of mesh-neutral routes (Gateway API), relative to the repository's root. */
  traffic: string[];
  /** Globs of native resources, applied untouched. */
  resources: string[];
  /** How a change is measured, and what becomes of one that makes its workload worse. */
  performance?: PerformanceGate | undefined;
  change: ChangePolicy;
  /** Whom the target is read and changed as; the engine's own identity when absent. */
  serviceAccount?: ServiceAccountReference | undefined;
  approval: ApprovalSpec;
}

/** What becomes of a change whose stage fails: back to what was before, or stop there until a person decides. */
export const OnFailure = { rollback: 'rollback', stop: 'stop' } as const;
export type OnFailure = (typeof OnFailure)[keyof typeof OnFailure];

/** What becomes of a field that somebody else owns: the plan is refused, or the field is taken over. */
export const Conflicts = { refuse: 'refuse', take: 'take' } as const;
export type Conflicts = (typeof Conflicts)[keyof typeof Conflicts];

/** How a change is carried out. */
export interface ChangePolicy {
  onFailure: OnFailure;
  conflicts: Conflicts;
  /** Deletions that need no confirmation; more of them ask first. */
  deleteBudget: number;
  /** How many workloads restart at once. */
  restartsAtOnce: number;
}

/** A service account of a target. */
export interface ServiceAccountReference {
  namespace: string;
  name: string;
}

export interface PatternTarget {
  /** The name of a target of `meshwright.yaml`. */
  cluster: string;
  /** Targets of a lower wave change first; those of one wave change together. */
  wave: number;
}

export interface MeshSpec {
  /** The id of a mesh plugin. */
  type: string;
  /** An exact version of the mesh. */
  version: string;
  mode: MeshMode;
  upgrade: UpgradeStrategy;
  /** Optional parts of the mesh that its plugin knows, such as `cni` or `gateway`. */
  components: string[];
  /** Chart values by chart name, passed through untouched. */
  values: Record<string, Record<string, unknown>>;
  /** Which generations of the mesh's own keys it uses, where Meshwright makes them; the first of each unless told. */
  trust?: TrustSpec | undefined;
}

/** Keys are made once for each number: a new one is asked for by its number. */
export interface TrustSpec {
  /** The trust anchors that proxies believe; more than one while they are rotated. */
  anchors: number[];
  /** Of the issuer, and of the certificates of the mesh's webhooks. */
  issuer: number;
}

export interface WorkloadSpec {
  namespace: string;
  /** Whether the namespace's workloads join the mesh. */
  enroll: boolean;
  /** Whether the namespace's traffic goes through a waypoint of its own (ambient mode). */
  waypoint: boolean;
  /** Globs of the workload's manifests, relative to the repository's root. */
  manifests: string[];
}

export interface ApprovalSpec extends ApprovalTerms {
  required: boolean;
  /** Whether each wave after the first waits for an approval of its own. */
  betweenWaves: boolean;
}

/**
 * A pattern with everything it refers to, read at one commit: all a target needs to plan.
 * Stored as evidence; its digest tells whether a later commit changed anything for this pattern.
 */
export interface PatternSnapshot {
  pattern: Pattern;
  /** The file that holds the pattern, relative to the repository's root; empty in evidence, so that a move is no change. */
  path: string;
  workloads: { namespace: string; enroll: boolean; objects: KubernetesObject[] }[];
  traffic: KubernetesObject[];
  resources: KubernetesObject[];
  /** The profile that the pattern names. */
  profile?: PerformanceProfile;
}
