import {
  applyObjects,
  type ClusterClient,
  type Inventory,
  type KeptSecrets,
  releaseObjects,
  restartWorkloads,
  takeOwnership,
} from '@meshwright/cluster';
import { type Leftover, PlanAction, plural, Purpose, type StageResult } from '@meshwright/model';
import { deletePlanned } from './delete-planned.ts';
import type { FoundStage } from './find-stage.ts';

/** What carrying out a stage works with. */
export interface StageTools {
  /** As the identity that the plan is bound to. */
  cluster: ClusterClient;
  inventory: Inventory;
  kept: KeptSecrets;
  signal: AbortSignal;
  /** What the mesh has made by itself, as its plugin finds it now. */
  made: () => Promise<Leftover[]>;
  /** Takes what is waited for, one line each. */
  tell: (waitingFor: readonly string[]) => void;
  /** How long deleted objects may take to be gone, in milliseconds; default a minute. */
  goneMs?: number;
}

/**
 * Carries out one stage exactly as planned: applies, deletes, lets go, restarts. Everything here may be repeated after
 * a crash without harm. `at` is when the stage first began, as an ISO time: it names its restarts across attempts.
 * @throws MeshwrightError NOT_DELETED with what should be gone and is not, and what the parts throw.
 */
export async function applyStage(found: FoundStage, at: string, tools: StageTools): Promise<StageResult> {
  const notes: string[] = [];
  // In this order, for each may need what comes before it.
  for (const step of [applyAll, deletePlanned, releaseAll, restartAll]) {
    tools.signal.throwIfAborted();
    notes.push(...(await step(found, tools, at)));
  }
  return { note: notes.length === 0 ? 'nothing to apply' : notes.join(', ') };
}

async function applyAll({ plan, stage }: FoundStage, tools: StageTools): Promise<string[]> {
  if (stage.objects.length === 0) return [];
  const { cluster, inventory, kept, signal } = tools;
  const options = { inventory, force: plan.force, signal };
  const objects = await kept.fill(stage.objects);
  const { created, updated, unchanged } = await applyObjects(cluster, objects, options);
  if (plan.action === PlanAction.adopt) {
    const taken = stage.changes.filter(({ owners }) => owners !== undefined).map(({ object }) => object);
    await takeOwnership(cluster, taken, { signal });
  }
  return [`${created} created, ${updated} updated, ${unchanged} unchanged`];
}

async function releaseAll({ stage }: FoundStage, tools: StageTools): Promise<string[]> {
  if (stage.releases.length === 0) return [];
  const { cluster, inventory, signal } = tools;
  await releaseObjects(cluster, stage.releases, { inventory, signal });
  return [`${stage.releases.length} released`];
}

/** A workload that is gone needs no restart. */
async function restartAll(found: FoundStage, tools: StageTools, at: string): Promise<string[]> {
  const { plan, stage } = found;
  if (stage.restarts.length === 0) return [];
  const { restarted, skipped } = await restartWorkloads(tools.cluster, stage.restarts, {
    reason: reasonOf(found),
    at,
    atOnce: plan.restartsAtOnce,
    timeoutMs: stage.timeoutSeconds * 1000,
    missing: 'skip',
    signal: tools.signal,
    onProgress: ({ waitingFor }) => {
      tools.tell(waitingFor);
    },
  });
  return [
    `${plural(restarted.length, 'workload')} restarted`,
    ...(skipped.length === 0 ? [] : [`${skipped.length} gone`]),
  ];
}

function reasonOf({ plan, isUndo }: FoundStage): string {
  if (isUndo) return `the change of the mesh of ${plan.pattern} is taken back`;
  if (plan.purpose === Purpose.uninstall) return `leaves the mesh of ${plan.pattern}`;
  return `joins the mesh of ${plan.pattern}`;
}
