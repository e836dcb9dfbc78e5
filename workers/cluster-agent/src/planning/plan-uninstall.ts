import {
  Change,
  Conflicts,
  type MeshState,
  PlanAction,
  type PlannedStage,
  referenceKey,
  referenceOf,
} from '@meshwright/model';
import { compareStages } from './compare.ts';
import { confirmDeletions } from './confirmations.ts';
import {
  isEnrolling,
  type LeavingNamespace,
  markConflict,
  namespacesOf,
  withoutEnrollment,
} from './enrollment.ts';
import { stateBefore } from './mesh-state.ts';
import { disruptionCheck, dryRunCheck } from './preflight.ts';
import { countPods, reachOf, restartingWorkloads } from './reach.ts';
import { renderStages } from './render.ts';
import { scopesOf } from './scopes.ts';
import type { PlanContent, Planning } from './target.ts';
import { composeUninstall } from './uninstall.ts';
import { workloadObjects } from './workload-objects.ts';

/**
 * The stages that take the pattern's mesh from the target. There is no way back: a failed uninstallation is started
 * again, and goes on from what is left.
 * @throws MeshwrightError FIELD_CONFLICT where somebody else enrolls a namespace, and what the plugin refuses.
 */
export async function planUninstall(planning: Planning): Promise<PlanContent> {
  const { input, snapshot, plugin, cluster, inventory, kept, context, found } = planning;
  const { members, meshPlan } = found;
  const { mesh, change: policy } = snapshot.pattern.spec;
  const leaving = withoutEnrollment(plugin, mesh, found.namespaces);
  const namespaces = new Set([
    ...namespacesOf(snapshot, true),
    ...leaving.map(({ namespace }) => namespace.metadata.name),
  ]);
  // Where nothing is owned, the mesh and what it made are somebody else's.
  const owns = members.length > 0;
  const [prepare, settle, meshed, leftovers, workloads] = await Promise.all([
    renderStages([...meshPlan.prepare, ...meshPlan.switchOver], 'prepare', planning),
    renderStages(meshPlan.settle, 'change', planning),
    isEnrolling(plugin) && owns && namespaces.size > 0
      ? plugin.meshedWorkloads([...namespaces], context)
      : [],
    owns ? plugin.leftovers(context) : [],
    workloadKeys(planning),
  ]);
  const composed = composeUninstall({
    prepare: owns ? prepare : [],
    settle: owns ? settle : [],
    leaving: leaving.map(({ namespace }) => namespace),
    meshed,
    members: members.map(({ object }) => object),
    workloads,
    configuration: new Set(
      [...snapshot.traffic, ...snapshot.resources].map((object) => referenceKey(referenceOf(object))),
    ),
    leftovers,
    restartsAtOnce: policy.restartsAtOnce,
  });
  const force = policy.conflicts === Conflicts.take;
  const comparison = { cluster, inventory, kept, members, force, takeover: false, signal: context.signal };
  const compared = await compareStages(composed, comparison);
  const stages = compared.map(({ stage }) => stage);
  refuseStaying(stages, leaving);
  const restarting = restartingWorkloads(stages);
  const [pods, budgets] = await Promise.all([
    countPods(restarting, cluster),
    disruptionCheck(restarting, cluster),
  ]);
  const before = stateBefore(planning);
  return {
    action: stages.length === 0 ? PlanAction.none : PlanAction.uninstall,
    mesh: before ?? meshThatWas(planning),
    ...(before === undefined ? {} : { meshBefore: before }),
    force,
    preflight: [...meshPlan.preflight, dryRunCheck(stages), ...budgets],
    stages,
    rollback: [],
    blastRadius: reachOf(stages, pods),
    confirmations: [
      `It takes ${plugin.displayName} and all that configures it from ${input.cluster}; the workloads stay.`,
      ...meshPlan.confirmations,
      ...confirmDeletions(stages, policy.deleteBudget),
    ],
    warnings: meshPlan.warnings,
  };
}

/** The objects of the pattern's workloads and their namespaces. */
async function workloadKeys({ snapshot, cluster }: Planning): Promise<Set<string>> {
  const scopeOf = await scopesOf(
    snapshot.workloads.flatMap(({ objects }) => objects),
    cluster,
  );
  const objects = workloadObjects({ snapshot, enrollments: new Map(), scopeOf });
  return new Set(objects.map((object) => referenceKey(referenceOf(object))));
}

/** A mark that somebody else gave too stays when we let go of it, and the namespace with it in the mesh. */
function refuseStaying(stages: readonly PlannedStage[], leaving: readonly LeavingNamespace[]): void {
  const changes = stages.flatMap(({ changes }) => changes).filter(({ change }) => change === Change.update);
  for (const { namespace, labels, annotations } of leaving) {
    const { name } = namespace.metadata;
    const change = changes.find(({ object }) => object.kind === 'Namespace' && object.name === name);
    const gone = (change?.fields ?? []).filter(({ after }) => after === undefined).map(({ path }) => path);
    const stays = (map: string) => (mark: string) => !gone.includes(`/metadata/${map}/${escaped(mark)}`);
    const staying = {
      labels: labels.filter(stays('labels')),
      annotations: annotations.filter(stays('annotations')),
    };
    if (staying.labels.length + staying.annotations.length > 0)
      throw markConflict(name, staying, 'which somebody else put there too');
  }
}

/** A field name in a JSON pointer (RFC 6901). */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function meshThatWas({ snapshot, found }: Planning): MeshState {
  const { type, version, mode } = snapshot.pattern.spec.mesh;
  const recorded = found.record?.mesh;
  return {
    type,
    mode,
    version: recorded?.version ?? version,
    revision: recorded?.revision ?? found.meshPlan.revision,
    enrolledNamespaces: [],
  };
}
