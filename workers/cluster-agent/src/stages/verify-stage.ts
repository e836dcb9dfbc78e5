import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterClient, notReadyError, waitUntilReady } from '@meshwright/cluster';
import { MeshwrightError, type PlannedStage, plural, type StageResult } from '@meshwright/model';
import type { MeshPlugin, PluginContext, VerifyChange } from '@meshwright/plugin-sdk';
import type { FoundStage } from './find-stage.ts';

/** How often a plugin is asked again; the objects' own readiness comes by watch. */
const lookMilliseconds = 1_000;

export interface VerifyTools {
  cluster: ClusterClient;
  plugin: MeshPlugin;
  context: PluginContext;
  /** Takes what is waited for, one line each. */
  tell: (waitingFor: readonly string[]) => void;
  /** How long an image may fail to be pulled, in milliseconds; a minute unless told. */
  imagePatienceMs?: number;
}

/**
 * Waits until the stage's objects are ready and the mesh calls the stage healthy; on the way back that is the mesh as
 * it was.
 * @throws MeshwrightError NOT_READY with what was waited for, when it failed or the stage's time is over.
 */
export async function verifyStage(found: FoundStage, tools: VerifyTools): Promise<StageResult> {
  const { stage } = found;
  const deadline = Date.now() + stage.timeoutSeconds * 1000;
  const awaited = await waitForObjects(stage, tools, deadline);
  const { meshStage, timeoutSeconds } = stage;
  if (meshStage === undefined) return { note: awaited === 0 ? '' : `${plural(awaited, 'object')} ready` };
  return waitForMesh({ meshStage, timeoutSeconds }, changeOf(found), tools, deadline);
}

function changeOf({ plan, isUndo }: FoundStage): VerifyChange {
  const { mesh, meshBefore } = plan;
  if (isUndo && meshBefore !== undefined) return { mesh: meshBefore, before: mesh };
  return { mesh, ...(meshBefore === undefined ? {} : { before: meshBefore }) };
}

/** Gives how many objects were waited for; a workload that was to restart and is gone is none. */
async function waitForObjects(stage: PlannedStage, tools: VerifyTools, deadline: number): Promise<number> {
  const { cluster, context, imagePatienceMs } = tools;
  const restarts = await Promise.all(
    stage.restarts.map((workload) => cluster.getHeader(workload, context.signal)),
  );
  const objects = [
    ...stage.objects,
    ...stage.restarts.filter((_workload, index) => restarts[index] !== undefined),
  ];
  if (objects.length === 0) return 0;
  const report = await waitUntilReady(cluster, objects, {
    timeoutMs: remaining(deadline),
    signal: context.signal,
    onProgress: ({ waitingFor }) => tools.tell(waitingFor),
    ...(imagePatienceMs === undefined ? {} : { imagePatienceMs }),
  });
  if (!report.ready) throw notReadyError(cluster.name, report);
  return objects.length;
}

async function waitForMesh(
  { meshStage, timeoutSeconds }: { meshStage: string; timeoutSeconds: number },
  change: VerifyChange,
  tools: VerifyTools,
  deadline: number,
): Promise<StageResult> {
  for (;;) {
    const { plugin, context } = tools;
    const verification = await plugin.verify(meshStage, change, context);
    if (verification.state === 'healthy') return { note: verification.note };
    if (verification.state === 'failed') {
      throw new MeshwrightError('NOT_READY', verification.reason, { remedy: verification.remedy });
    }
    tools.tell(verification.for);
    if (remaining(deadline) === 0) {
      throw new MeshwrightError('NOT_READY', `Not healthy after ${timeoutSeconds} s.`, {
        lines: verification.for,
        remedy: 'See why these are not there yet, then commit again or retry.',
      });
    }
    await delay(lookMilliseconds, undefined, { signal: context.signal });
  }
}

function remaining(deadline: number): number {
  return Math.max(0, deadline - Date.now());
}
