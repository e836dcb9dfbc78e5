import type {
  KubernetesObject,
  MeshMode,
  MeshSpec,
  ObjectReference,
  PatternSnapshot,
  PlanAction,
  StageKind,
} from '@meshwright/model';
import type { PluginContext } from './ports.ts';

/** A mesh found on a cluster. */
export interface Installation {
  version: string;
  /** The control plane's revision; `default` where the mesh has none. */
  revision: string;
  mode: MeshMode;
  namespace: string;
  /** Who keeps it: the field manager or tool that installed it, such as `meshwright`, `helm`, `istioctl`. */
  managedBy: string;
  healthy: boolean;
  /** Why it is not healthy, or anything else worth showing. */
  notes: string[];
}

/** What a plugin is asked to plan: the pattern, and what is there. */
export interface MeshChange {
  snapshot: PatternSnapshot;
  installations: Installation[];
}

/** One step the mesh wants; the engine adds its own for workloads and native resources. */
export interface MeshStage {
  /** Unique in the plan, such as `crds` or `control-plane`. */
  id: string;
  title: string;
  kind: StageKind;
  timeoutSeconds: number;
  /** Before or after the workloads' own objects: see {@link MeshPlan}. */
  restarts?: ObjectReference[];
}

/** The ordered stages of the mesh itself, around those of the workloads. */
export interface MeshPlan {
  action: PlanAction;
  /** CRDs, control plane: before any workload is touched. */
  before: MeshStage[];
  /** Policies, final verification: after workloads and native resources are in place. */
  after: MeshStage[];
  warnings: string[];
}

/** How a namespace joins the mesh. */
export interface Enrollment {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Labels that must not be there, because they would win or contradict. */
  removeLabels: string[];
}

/** The health of a stage. */
export type Verification =
  | { state: 'healthy'; note: string }
  | { state: 'waiting'; for: string[] }
  | { state: 'failed'; reason: string; remedy: string };

/** A refusal of a pattern's mesh section, before any cluster is asked. */
export interface MeshProblem {
  /** The field, as a path below `spec`, such as `mesh.version`. */
  field: string;
  message: string;
  suggestion?: string;
}

/** What a mesh can do beyond install; a declared capability makes its verb mandatory. */
export interface MeshCapabilities {
  modes: readonly MeshMode[];
  enroll: boolean;
  mutualTls: boolean;
}

interface MeshPluginBase {
  /** The value of `spec.mesh.type`. */
  id: string;
  displayName: string;
  /** The public chart repository of the mesh, used where the engine's configuration names no other source. */
  chartRepository: string;
  capabilities: MeshCapabilities;
  /** Checks the mesh section alone; pure. Empty when it is fine. */
  validate(mesh: MeshSpec): MeshProblem[];
  /** The installations on the cluster; empty when there is none. */
  detect(context: PluginContext): Promise<Installation[]>;
  /**
   * The stages that lead from what is there to what the pattern says.
   * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
   */
  plan(change: MeshChange, context: PluginContext): Promise<MeshPlan>;
  /** The objects of an `apply` stage; the same input always gives the same objects in the same order. */
  render(stage: MeshStage, change: MeshChange, context: PluginContext): Promise<KubernetesObject[]>;
  /** Looks once whether the stage is healthy; the engine repeats it and keeps the time. */
  verify(stage: string, change: VerifyChange, context: PluginContext): Promise<Verification>;
}

/** What verification may know: the mesh and the namespaces that are enrolled. */
export interface VerifyChange {
  mesh: { type: string; version: string; mode: string };
  enrolledNamespaces: string[];
}

interface Enrolls {
  capabilities: { enroll: true };
  /** How this mesh enrolls a namespace; pure. */
  enroll(namespace: string, mesh: MeshSpec): Enrollment;
  /**
   * The workloads of enrolled namespaces whose running pods are not in the mesh, or not in this version of it:
   * they must restart.
   */
  outdatedWorkloads(namespaces: string[], mesh: MeshSpec, context: PluginContext): Promise<ObjectReference[]>;
}

interface DoesNotEnroll {
  capabilities: { enroll: false };
}

/** The contract of a mesh plugin: data in, data out, no effect outside the ports it is handed. */
export type MeshPlugin = MeshPluginBase & (Enrolls | DoesNotEnroll);
