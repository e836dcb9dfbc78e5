import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterClient, notReadyError, waitUntilReady } from '@meshwright/cluster';
import { MeshwrightError, type PlannedStage, StageKind, type StageResult } from '@meshwright/model';
import type { MeshPlugin, PluginContext, VerifyChange } from '@meshwright/plugin-sdk';

/** How often a plugin is asked again; the objects' own readiness comes by watch. */
const lookMilliseconds = 1_000;

export interface VerifyTools {
  cluster: ClusterClient;
  plugin: MeshPlugin;
  context: PluginContext;
  /** Takes what is waited for, one line each. */
  tell: (waitingFor: readonly string[]) => void;
}

/**
 * Waits until the stage's objects are ready and the mesh calls the stage healthy.
 * @throws MeshwrightError NOT_READY with what was waited for, when it failed or the stage's time is over.
 */
export async function verifyStage(
  stage: PlannedStage,
  change: VerifyChange,
  tools: VerifyTools,
): Promise<StageResult> {
  const deadline = Date.now() + stage.timeoutSeconds * 1000;
  await waitForObjects(stage, tools, deadline);
  if (!stage.verifiedByMesh) return { note: `${stage.objects.length + stage.restarts.length} objects ready` };
  return waitForMesh(stage, change, tools, deadline);
}

async function waitForObjects(stage: PlannedStage, tools: VerifyTools, deadline: number): Promise<void> {
  const { cluster, context } = tools;
  const objects = stage.kind === StageKind.restart ? stage.restarts : stage.objects;
  if (objects.length === 0) return;
  const report = await waitUntilReady(cluster, objects, {
    timeoutMs: remaining(deadline),
    signal: context.signal,
    onProgress: ({ waitingFor }) => tools.tell(waitingFor),
  });
  if (!report.ready) throw notReadyError(cluster.name, report);
}

async function waitForMesh(
  stage: PlannedStage,
  change: VerifyChange,
  tools: VerifyTools,
  deadline: number,
): Promise<StageResult> {
  for (;;) {
    const { plugin, context } = tools;
    const verification = await plugin.verify(stage.id, change, context);
    if (verification.state === 'healthy') return { note: verification.note };
    if (verification.state === 'failed') {
      throw new MeshwrightError('NOT_READY', verification.reason, { remedy: verification.remedy });
    }
    tools.tell(verification.for);
    if (remaining(deadline) === 0) {
      throw new MeshwrightError('NOT_READY', `Not healthy after ${stage.timeoutSeconds} s.`, {
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
