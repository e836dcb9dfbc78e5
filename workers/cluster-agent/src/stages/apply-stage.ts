import {
  applyObjects,
  type ClusterClient,
  openInventory,
  pruneObjects,
  restartWorkload,
} from '@meshwright/cluster';
import {
  Change,
  type Plan,
  type PlannedStage,
  referenceKey,
  StageKind,
  type StageResult,
} from '@meshwright/model';

/** Deletions that a single change may make; more of them are a mistake until a person says otherwise. */
const deleteBudget = 50;

/** One stage of a plan. `at` names the work across attempts, so that repeating it restarts no workload twice. */
export interface PlannedWork {
  plan: Plan;
  stage: PlannedStage;
  at: string;
}

/** Carries out one stage exactly as planned. Everything here may be repeated after a crash without harm. */
export async function applyStage(
  { plan, stage, at }: PlannedWork,
  cluster: ClusterClient,
  signal: AbortSignal,
): Promise<StageResult> {
  switch (stage.kind) {
    case StageKind.apply:
      return apply(plan, stage, cluster, signal);
    case StageKind.restart:
      return restartWorkloads({ pattern: plan.pattern, stage, at }, cluster, signal);
    case StageKind.prune:
      return prune(plan, stage, cluster, signal);
    case StageKind.verify:
      return { note: 'nothing to apply' };
  }
}

async function apply(
  plan: Plan,
  stage: PlannedStage,
  cluster: ClusterClient,
  signal: AbortSignal,
): Promise<StageResult> {
  const inventory = openInventory(cluster, { pattern: plan.pattern });
  const { created, updated, unchanged } = await applyObjects(cluster, stage.objects, { inventory, signal });
  return { note: `${created} created, ${updated} updated, ${unchanged} unchanged` };
}

async function restartWorkloads(
  { pattern, stage, at }: { pattern: string; stage: PlannedStage; at: string },
  cluster: ClusterClient,
  signal: AbortSignal,
): Promise<StageResult> {
  for (const workload of stage.restarts) {
    signal.throwIfAborted();
    await restartWorkload(cluster, workload, { reason: `joins the mesh of ${pattern}`, at, signal });
  }
  return { note: `${stage.restarts.length} workloads restarting` };
}

async function prune(
  plan: Plan,
  stage: PlannedStage,
  cluster: ClusterClient,
  signal: AbortSignal,
): Promise<StageResult> {
  const planned = new Set(
    stage.changes.filter(({ change }) => change === Change.delete).map(({ object }) => referenceKey(object)),
  );
  const inventory = openInventory(cluster, { pattern: plan.pattern });
  const members = (await inventory.members(signal)).filter(({ object }) => planned.has(referenceKey(object)));
  const { deleted, survivors } = await pruneObjects(cluster, members, {
    inventory,
    budget: deleteBudget,
    signal,
  });
  const kept =
    survivors.length === 0 ? '' : `, ${survivors.length} could not be deleted and stay in the inventory`;
  return { note: `${deleted.length} deleted${kept}` };
}
