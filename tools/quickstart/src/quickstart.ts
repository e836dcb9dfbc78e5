import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@meshwright/cli';
import { Phase, type RolloutStatus } from '@meshwright/model';
import { type ProgressReporter, stateRoot } from '@meshwright/testbed';
import { type Engine, startEngine } from './engine.ts';
import { followRollout } from './rollout.ts';
import { standInForIstiod } from './stand-in.ts';
import { type Given, prepareStage, type Stage } from './surroundings.ts';
import { proveTraffic, type TrafficProof } from './traffic.ts';
import { commitExample, type Workspace, workspaceIn, writeConfiguration } from './workspace.ts';

/** The quickstart as it runs, after its first rollout. */
export interface Quickstart {
  stage: Stage;
  workspace: Workspace;
  engine: Engine;
  status: RolloutStatus;
  proof: TrafficProof | undefined;
  /** From the commit to the end of the rollout. */
  seconds: number;
  /** Takes everything down and deletes what was written. */
  stop(): Promise<void>;
}

export interface QuickstartOptions extends Given {
  name: string;
  progress: ProgressReporter;
  host: Host;
}

/** Runs the main job on this machine: brings up the parts, commits the example, follows its rollout to the end. */
export async function runQuickstart(options: QuickstartOptions): Promise<Quickstart> {
  const { name, progress, host } = options;
  const cleanup: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of cleanup.splice(0).reverse()) await step();
  };
  try {
    const workspace = workspaceIn(join(stateRoot(), `${name}-workspace`));
    await rm(workspace.directory, { recursive: true, force: true });
    cleanup.push(() => rm(workspace.directory, { recursive: true, force: true }));
    const stage = await prepareStage(name, options, progress, host.interrupted);
    const { testbed, surroundings } = stage;
    if (testbed !== undefined) cleanup.push(() => testbed.stop({ remove: true, progress }));
    if (stage.changes.simulated) {
      const standIn = standInForIstiod(surroundings.kubeconfig);
      cleanup.push(() => standIn.stop());
    }
    await writeConfiguration(workspace, surroundings);

    const engine = await startEngine(workspace);
    cleanup.push(() => engine.stop());
    progress.note(`The standalone worker runs (process ${engine.pid}); its log is ${workspace.log}.`);
    const rollout = await commitExample(workspace, stage.changes);
    const committedAt = performance.now();
    progress.note(`Committed ${rollout.commit.slice(0, 12)} to ${workspace.repository}.`);
    const status = await followRollout(rollout, workspace, surroundings.temporal, engine, host);
    const seconds = Math.round((performance.now() - committedAt) / 100) / 10;
    const proof =
      stage.real && status.phase === Phase.succeeded
        ? await proveTraffic(surroundings.kubeconfig, host.interrupted)
        : undefined;
    return { stage, workspace, engine, status, proof, seconds, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
