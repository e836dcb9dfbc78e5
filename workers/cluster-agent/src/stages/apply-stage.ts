import {
  applyObjects,
  type ClusterClient,
  openInventory,
  pruneObjects,
  restartWorkload,
} from '@meshwright/cluster';
import {
  Change,
  type Digest,
  type Plan,
  type PlannedStage,
  StageKind,
  type StageResult,
} from '@meshwright/model';

/** Deletions that a single change may make; more of them are a mistake until a person says otherwise. */
const deleteBudget = 50;

/** Carries out one stage exactly as planned. Everything here may be repeated after a crash without harm. */
export async function applyStage(
  { plan, stage, digest }: { plan: Plan; stage: PlannedStage; digest: Digest },
  cluster: ClusterClient,
  signal: AbortSignal,
): Promise<StageResult> {
  switch (stage.kind) {
    case StageKind.apply:
      return await apply(plan, stage, cluster, signal);
    case StageKind.restart:
      return await restartWorkloads(stage, digest, cluster, signal);
    case StageKind.prune:
      return await prune(plan, stage, cluster, signal);
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

/** The plan's digest marks the restart, so that repeating it after a crash restarts nothing twice. */
async function restartWorkloads(
  stage: PlannedStage,
  digest: Digest,
  cluster: ClusterClient,
  signal: AbortSignal,
): Promise<StageResult> {
  for (const workload of stage.restarts) {
    signal.throwIfAborted();
    await restartWorkload(cluster, workload, { mark: digest });
  }
  return { note: `${stage.restarts.length} workloads restarting` };
}

async function prune(
  plan: Plan,
  stage: PlannedStage,
  cluster: ClusterClient,
  signal: AbortSignal,
): Promise<StageResult> {
  const references = stage.changes
    .filter(({ change }) => change === Change.delete)
    .map(({ object }) => object);
  const inventory = openInventory(cluster, { pattern: plan.pattern });
  const { deleted, survivors } = await pruneObjects(cluster, references, {
    inventory,
    budget: deleteBudget,
    signal,
  });
  const kept =
    survivors.length === 0 ? '' : `, ${survivors.length} could not be deleted and stay in the inventory`;
  return { note: `${deleted.length} deleted${kept}` };
}
