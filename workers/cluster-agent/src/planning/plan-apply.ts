import type { TargetRecord } from '@meshwright/cluster';
import type { EvidenceStore } from '@meshwright/evidence';
import {
  Change,
  Conflicts,
  isMeshwrightError,
  type KubernetesObject,
  type MeshState,
  type ObjectReference,
  type PatternSnapshot,
  PlanAction,
  type PlannedStage,
} from '@meshwright/model';
import { refuseDisturbance } from './adopt.ts';
import { compareStages } from './compare.ts';
import { composeStages } from './compose.ts';
import { confirmDeletions, confirmEmptiness, isEmpty } from './confirmations.ts';
import { enrollmentsOf, namespacesOf, refuseContradictions } from './enrollment.ts';
import { planGate } from './gate/plan-gate.ts';
import { stateBefore } from './mesh-state.ts';
import { disruptionCheck, dryRunCheck } from './preflight.ts';
import { countPods, reachOf, restartingWorkloads } from './reach.ts';
import { renderStages } from './render.ts';
import { notRestarted, workloadsToRestart } from './restarts.ts';
import { scopesOf } from './scopes.ts';
import type { PlanContent, Planning } from './target.ts';
import { composeWayBack } from './undo.ts';

/**
 * The stages that lead from what is on the target to what the pattern says, and the way back.
 * @throws MeshwrightError what composing, comparing and the plugin refuse.
 */
export async function planApply(planning: Planning): Promise<PlanContent> {
  const { input, snapshot, plugin, cluster, inventory, kept, context, found } = planning;
  const { members, meshPlan } = found;
  const policy = snapshot.pattern.spec.change;
  const force = input.adopt || policy.conflicts === Conflicts.take;
  const enrollments = enrollmentsOf(plugin, snapshot);
  refuseContradictions(found.namespaces, enrollments);
  const [rendered, outdated] = await Promise.all([renderMesh(planning), workloadsToRestart(planning)]);
  const composed = composeStages({
    ...rendered,
    snapshot,
    enrollments,
    restarts: input.adopt ? [] : outdated,
    members,
    scopeOf: await scopesOf(allObjects(rendered, snapshot), cluster),
  });
  const comparison = {
    comingGroups: meshPlan.makesKindsOf,
    cluster,
    inventory,
    kept,
    members,
    force,
    takeover: input.adopt,
    signal: context.signal,
  };
  const compared = await compareStages(composed.stages, comparison);
  const stages = compared.map(({ stage }) => stage);
  if (input.adopt) refuseDisturbance(stages.flatMap(({ changes }) => changes));
  const meshBefore = stateBefore(planning);
  const { rollback, warnings } = composeWayBack(compared, {
    meshBefore,
    restartsAtOnce: policy.restartsAtOnce,
  });
  const [pods, budgets, emptied] = await Promise.all([
    countPods(restartingWorkloads(stages), cluster),
    disruptionCheck(
      stages.flatMap(({ restarts }) => restarts),
      cluster,
    ),
    confirmEmptied(planning, composed.gone),
  ]);
  const outcome = {
    action: changesNothing(stages) ? PlanAction.none : meshPlan.action,
    mesh: meshAfter(planning),
    ...(meshBefore === undefined ? {} : { meshBefore }),
  };
  const { warnings: unmeasured, ...gate } = await planGate(planning, { ...outcome, compared });
  return {
    ...outcome,
    ...gate,
    force,
    preflight: [...meshPlan.preflight, dryRunCheck(stages), ...budgets],
    stages,
    rollback,
    blastRadius: reachOf(stages, pods),
    confirmations: [...meshPlan.confirmations, ...confirmDeletions(stages, policy.deleteBudget), ...emptied],
    warnings: [
      ...meshPlan.warnings,
      ...composed.warnings,
      ...(input.adopt ? notRestarted(outdated) : []),
      ...warnings,
      ...unmeasured,
    ],
  };
}

async function renderMesh(planning: Planning) {
  const { meshPlan } = planning.found;
  const [prepare, switchOver, settle] = await Promise.all([
    renderStages(meshPlan.prepare, 'prepare', planning),
    renderStages(meshPlan.switchOver, 'switch-over', planning),
    renderStages(meshPlan.settle, 'change', planning),
  ]);
  return { prepare, switchOver, settle };
}

function allObjects(
  { prepare, switchOver, settle }: Awaited<ReturnType<typeof renderMesh>>,
  { workloads, traffic, resources }: PatternSnapshot,
): KubernetesObject[] {
  return [
    ...[...prepare, ...switchOver, ...settle].flatMap(({ objects }) => objects),
    ...workloads.flatMap(({ objects }) => objects),
    ...traffic,
    ...resources,
  ];
}

function meshAfter({ snapshot, found }: Planning): MeshState {
  const { version, revision } = found.meshPlan;
  const { type, mode } = snapshot.pattern.spec.mesh;
  return { type, version, mode, revision, enrolledNamespaces: namespacesOf(snapshot, true) };
}

/** Without the earlier snapshot nothing is known of what the pattern held; it is read only where this one holds nothing. */
async function confirmEmptied(
  { snapshot, found, evidence }: Planning,
  gone: ObjectReference[],
): Promise<string[]> {
  if (gone.length === 0 || !isEmpty(snapshot)) return [];
  return confirmEmptiness(gone, await snapshotBefore(found.record, evidence));
}

async function snapshotBefore(
  record: TargetRecord | undefined,
  evidence: EvidenceStore,
): Promise<PatternSnapshot | undefined> {
  if (record === undefined) return undefined;
  try {
    return await evidence.getJson<PatternSnapshot>(record.snapshot);
  } catch (error) {
    if (isMeshwrightError(error) && error.code === 'EVIDENCE_MISSING') return undefined;
    throw error;
  }
}

function changesNothing(stages: readonly PlannedStage[]): boolean {
  const unchanged = stages
    .flatMap(({ changes }) => changes)
    .every(({ change }) => change === Change.unchanged);
  return unchanged && stages.every(({ restarts }) => restarts.length === 0);
}
