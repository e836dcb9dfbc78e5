import type {
  KubernetesObject,
  Leftover,
  MeshMode,
  MeshSpec,
  MeshState,
  ObjectReference,
  PatternSnapshot,
  PlanAction,
  PreflightCheck,
  Purpose,
  StageKind,
  WorkloadSpec,
} from '@meshwright/model';
import type { GoldenSignals } from './golden-signals.ts';
import type { MeshContainers } from './mesh-containers.ts';
import type { PlanningContext, PluginContext } from './ports.ts';

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

/** What a plugin is asked to plan: the pattern, what is there, and what for. */
export interface MeshChange {
  snapshot: PatternSnapshot;
  installations: Installation[];
  purpose: Purpose;
  /** Whether a person asked for taking over what another tool installed. */
  adopt: boolean;
}

/** One step the mesh wants; the engine adds its own for workloads and native resources. */
export interface MeshStage {
  /** Unique in the plan, such as `crds` or `control-plane`. */
  id: string;
  title: string;
  kind: StageKind;
  timeoutSeconds: number;
  /** What must hold before it begins, in the words people are shown. */
  requires?: string;
  /** Objects that make room in this stage, right after what it renders is applied; only ours are deleted. */
  deletes?: ObjectReference[];
  /** Workloads that restart in this stage. */
  restarts?: ObjectReference[];
  /** What it renders serves this change alone: the engine deletes it again as soon as the stage was healthy. */
  temporary?: true;
}

/**
 * The ordered stages of the mesh itself. Between `switchOver` and `settle` the engine applies the workloads, traffic and
 * native resources and restarts what is not in the mesh yet, or not in this version of it; after `settle` it deletes
 * what the pattern no longer holds, such as a control plane of before. Nothing of `prepare` may disturb what runs.
 *
 * The way back is the engine's: it takes back everything after `prepare`, newest first, restarts the workloads,
 * verifies the mesh as it was, and then takes back `prepare`.
 */
export interface MeshPlan {
  action: PlanAction;
  /** What the target has afterwards. */
  version: string;
  revision: string;
  /** CRDs, a control plane beside the old one. */
  prepare: MeshStage[];
  /** The control plane in place of the old one, or the tag that decides which one injects. */
  switchOver: MeshStage[];
  /** Gateways, policies, the verification of every proxy. */
  settle: MeshStage[];
  /** API groups whose kinds its control plane makes when it starts, instead of CRDs among what is rendered. */
  makesKindsOf?: string[];
  preflight: PreflightCheck[];
  /** Why a person has to confirm this plan; empty where nobody has to. */
  confirmations: string[];
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
  /** Whether a new version can run beside the old one until it has taken over. */
  canaryUpgrade: boolean;
  /** Whether a pattern can say which generation of its trust anchor and issuer it has (`mesh.trust`); absent is no. */
  rotatesTrust?: boolean;
  /** Whether its telemetry in Prometheus answers for a workload's golden signals; absent is no. */
  goldenSignals?: boolean;
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
  /** The installations on the cluster, first the one that new workloads join now; empty when there is none. */
  detect(context: PluginContext): Promise<Installation[]>;
  /**
   * The stages that lead from what is there to what the pattern says; to uninstall, only warnings, confirmations and
   * stages that must come before anything is deleted: those of `settle` once the workloads have left the mesh.
   * @throws MeshwrightError UNSUPPORTED, PREFLIGHT_FAILED or FOREIGN_INSTALLATION with the way out.
   */
  plan(change: MeshChange, context: PlanningContext): Promise<MeshPlan>;
  /** The objects of an `apply` stage; the same input always gives the same objects in the same order. */
  render(stage: MeshStage, change: MeshChange, context: PlanningContext): Promise<KubernetesObject[]>;
  /** Looks once whether the stage is healthy; the engine repeats it and keeps the time. */
  verify(stage: string, change: VerifyChange, context: PluginContext): Promise<Verification>;
  /** Its own containers, with the control plane of one revision or of all; pure. What they use is the mesh's cost. */
  containers(revision?: string): MeshContainers;
  /** What the mesh made on the cluster by itself and nobody's chart holds; it goes when the mesh is uninstalled. */
  leftovers(context: PluginContext): Promise<Leftover[]>;
}

/** What verification may know: the mesh as it should be, and as it was before the change. */
export interface VerifyChange {
  mesh: MeshState;
  before?: MeshState;
}

interface Enrolls {
  capabilities: { enroll: true };
  /** How this mesh enrolls a namespace; pure. */
  enroll(workload: WorkloadSpec, mesh: MeshSpec): Enrollment;
  /**
   * The annotations of a pod in the mesh that still takes requests from outside of it at one port, in plain text; pure. The
   * engine asks its own pods for measurements there.
   */
  exemptPort(port: number): Record<string, string>;
  /**
   * The workloads of enrolled namespaces whose running pods are not in the mesh, or not in this version of it:
   * they must restart.
   */
  outdatedWorkloads(
    namespaces: string[],
    mesh: Pick<MeshState, 'version' | 'mode' | 'revision'>,
    context: PluginContext,
  ): Promise<ObjectReference[]>;
  /** The workloads of these namespaces that are in the mesh now and must restart to leave it. */
  meshedWorkloads(namespaces: string[], context: PluginContext): Promise<ObjectReference[]>;
}

interface DoesNotEnroll {
  capabilities: { enroll: false };
}

interface UpgradesBeside {
  capabilities: { canaryUpgrade: true };
  /**
   * How a namespace joins one of several control planes that run beside each other, by its revision; pure. Undefined where
   * the mesh's mode leaves no choice. The pods that measure both are taken in by it.
   */
  enrollAt(revision: string, mesh: MeshSpec): Enrollment | undefined;
}

interface UpgradesInPlace {
  capabilities: { canaryUpgrade: false };
}

interface AnswersForSignals {
  capabilities: { goldenSignals: true };
  /** The queries of the golden signals of a mesh in this mode; pure, and the same every time. */
  goldenSignals(mode: MeshMode): GoldenSignals;
}

interface SilentOnSignals {
  capabilities: { goldenSignals?: false };
}

/** The contract of a mesh plugin: data in, data out, no effect outside the ports it is handed. */
export type MeshPlugin = MeshPluginBase &
  (Enrolls | DoesNotEnroll) &
  (UpgradesBeside | UpgradesInPlace) &
  (AnswersForSignals | SilentOnSignals);
