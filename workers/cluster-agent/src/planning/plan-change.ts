import { type ClusterClient, diffObjects, type Inventory, openInventory } from '@meshwright/cluster';
import type { EvidenceStore } from '@meshwright/evidence';
import {
  Change,
  countChanges,
  type KubernetesObject,
  MeshwrightError,
  type ObjectChange,
  type ObjectReference,
  type PatternSnapshot,
  type Plan,
  PlanAction,
  type PlanChangeInput,
  type PlanSummary,
  type PlannedStage,
  StageKind,
  summarizePlan,
} from '@meshwright/model';
import type {
  ChartsPort,
  Enrollment,
  MeshChange,
  MeshPlugin,
  MeshStage,
  PluginContext,
  PluginRegistry,
} from '@meshwright/plugin-sdk';
import { type ComposedStage, composeMeshStage, composeStages } from './compose.ts';
import { keepRisky } from './prune.ts';
import { resolveScopes, scopesOfDefinitions } from './scopes.ts';
import { refuseSecrets } from './secrets.ts';

/** What planning works with on one target. */
export interface PlanningTools {
  cluster: ClusterClient;
  evidence: EvidenceStore;
  registry: PluginRegistry;
  chartsOf(plugin: MeshPlugin): ChartsPort;
}

/**
 * Compares a snapshot with the cluster: renders everything, asks the server what each object would change, and stores
 * the plan as evidence under its digest. Writes nothing to the cluster.
 * @throws MeshwrightError INVALID_PATTERN, UNSUPPORTED, FOREIGN_INSTALLATION, FIELD_CONFLICT and what the parts throw.
 */
export async function planChange(
  input: PlanChangeInput,
  tools: PlanningTools,
  signal: AbortSignal,
): Promise<PlanSummary> {
  const { cluster, evidence, registry } = tools;
  const snapshot = await evidence.getJson<PatternSnapshot>(input.snapshot);
  const { mesh } = snapshot.pattern.spec;
  const plugin = registry.mesh(mesh.type);
  refuseUnsupported(plugin, snapshot);

  const context: PluginContext = { cluster, charts: tools.chartsOf(plugin), signal };
  const change: MeshChange = { snapshot, installations: await plugin.detect(context) };
  const meshPlan = await plugin.plan(change, context);
  const before = await renderStages(plugin, meshPlan.before, change, context);
  const after = await renderStages(plugin, meshPlan.after, change, context);

  const inventory = openInventory(cluster, { pattern: input.pattern });
  const { enrollments, outdatedWorkloads } = await planEnrollment(plugin, snapshot, context);
  await refuseContradictions(cluster, enrollments);
  const composed = await composeWithScopes({
    snapshot,
    before,
    after,
    enrollments,
    outdatedWorkloads,
    cluster,
  });
  const desired = composed(noReferences).flatMap((stage) => stage.objects);
  const gone = keepRisky((await inventory.prunable(desired, signal)).map(({ object }) => object));
  const stages = await compareStages(composed(gone.deletable), cluster, inventory, signal);

  const plan: Plan = {
    formatVersion: 1,
    cluster: input.cluster,
    pattern: input.pattern,
    repository: input.repository,
    commit: input.commit,
    snapshot: input.snapshot,
    mesh: { type: mesh.type, version: mesh.version, mode: mesh.mode },
    action: changesNothing(stages) ? PlanAction.none : meshPlan.action,
    stages,
    warnings: [...meshPlan.warnings, ...gone.warnings],
  };
  return summarizePlan(plan, await evidence.putJson(plan));
}

const noReferences: ObjectReference[] = [];

function refuseUnsupported(plugin: MeshPlugin, snapshot: PatternSnapshot): void {
  const problems = plugin.validate(snapshot.pattern.spec.mesh);
  if (problems.length === 0) return;
  throw new MeshwrightError(
    'UNSUPPORTED',
    `${plugin.displayName} refuses the pattern ${snapshot.pattern.metadata.name}.`,
    {
      lines: problems.map(({ field, message, suggestion }) =>
        [`spec.${field}: ${message}`, ...(suggestion === undefined ? [] : [suggestion])].join(' '),
      ),
      remedy: 'Change these fields of the pattern and commit again.',
    },
  );
}

async function renderStages(
  plugin: MeshPlugin,
  stages: readonly MeshStage[],
  change: MeshChange,
  context: PluginContext,
): Promise<ComposedStage[]> {
  const rendered: ComposedStage[] = [];
  for (const stage of stages) {
    const objects = stage.kind === StageKind.apply ? await plugin.render(stage, change, context) : [];
    rendered.push(composeMeshStage(stage, objects));
  }
  return rendered;
}

interface EnrollmentPlan {
  enrollments: Map<string, Enrollment>;
  outdatedWorkloads: ObjectReference[];
}

async function planEnrollment(
  plugin: MeshPlugin,
  snapshot: PatternSnapshot,
  context: PluginContext,
): Promise<EnrollmentPlan> {
  const { mesh, workloads } = snapshot.pattern.spec;
  const namespaces = workloads.filter(({ enroll }) => enroll).map(({ namespace }) => namespace);
  if (namespaces.length === 0) return { enrollments: new Map(), outdatedWorkloads: [] };
  if (!plugin.capabilities.enroll) {
    throw new MeshwrightError('UNSUPPORTED', `${plugin.displayName} does not enroll namespaces.`, {
      remedy: 'Set enroll: false for every workload of the pattern.',
    });
  }
  const enrolling = plugin as Extract<MeshPlugin, { capabilities: { enroll: true } }>;
  return {
    enrollments: new Map(namespaces.map((namespace) => [namespace, enrolling.enroll(namespace, mesh)])),
    outdatedWorkloads: await enrolling.outdatedWorkloads(namespaces, mesh, context),
  };
}

/** A label that would win over ours cannot be taken away by an apply, for somebody else owns it: say so before anything changes. */
async function refuseContradictions(
  cluster: ClusterClient,
  enrollments: ReadonlyMap<string, Enrollment>,
): Promise<void> {
  for (const [name, { removeLabels }] of enrollments) {
    const namespace = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name });
    const labels = namespace?.metadata.labels ?? {};
    const contradicting = removeLabels.filter((label) => label in labels);
    if (contradicting.length === 0) continue;
    throw new MeshwrightError(
      'FIELD_CONFLICT',
      `Namespace ${name} carries ${contradicting.join(', ')}, which contradicts its enrollment.`,
      {
        where: `Namespace ${name}`,
        remedy: `Remove it: kubectl label namespace ${name} ${contradicting.map((label) => `${label}-`).join(' ')}`,
      },
    );
  }
}

interface ScopedComposition extends EnrollmentPlan {
  snapshot: PatternSnapshot;
  before: ComposedStage[];
  after: ComposedStage[];
  cluster: ClusterClient;
}

/** Asks for the scope of every kind once, and gives the composition as a function of what is to be pruned. */
async function composeWithScopes(
  parts: ScopedComposition,
): Promise<(prunable: ObjectReference[]) => ComposedStage[]> {
  const { cluster, ...composition } = parts;
  const { snapshot, before, after } = composition;
  const objects: KubernetesObject[] = [
    ...[...before, ...after].flatMap((stage) => stage.objects),
    ...snapshot.workloads.flatMap((workload) => workload.objects),
    ...snapshot.traffic,
    ...snapshot.resources,
  ];
  const scopeOf = await resolveScopes(objects, scopesOfDefinitions(objects), async (apiVersion, kind) =>
    (await cluster.serves(apiVersion, kind)) ? cluster.resourceFor(apiVersion, kind) : undefined,
  );
  return (prunable) => composeStages({ ...composition, prunable, scopeOf });
}

async function compareStages(
  stages: readonly ComposedStage[],
  cluster: ClusterClient,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<PlannedStage[]> {
  const objects = stages.flatMap((stage) => stage.objects);
  refuseSecrets(objects);
  const changes = await diffObjects(cluster, objects, { inventory, signal });
  const planned: PlannedStage[] = [];
  let next = 0;
  for (const { deletes, ...stage } of stages) {
    const own = changes.slice(next, next + stage.objects.length);
    next += stage.objects.length;
    planned.push({ ...stage, changes: [...own, ...deletes.map(deletion)] });
  }
  return planned;
}

function deletion(object: ObjectReference): ObjectChange {
  return { object, change: Change.delete, fields: [] };
}

function changesNothing(stages: readonly PlannedStage[]): boolean {
  const counts = countChanges(stages.flatMap((stage) => stage.changes));
  return (
    counts.create + counts.update + counts.delete === 0 &&
    stages.every((stage) => stage.restarts.length === 0)
  );
}
