import type { Client } from '@temporalio/client';
import { tellEnds } from './metrics.ts';
import { loadWorkerSdk } from './runtime.ts';
import type { WorkerOptions } from './worker.ts';

type Replay = Required<Pick<WorkerOptions, 'workflowBundle' | 'logger'>>;

/**
 * Replays one history, as it was recorded, with the workflows of a bundle.
 * @throws DeterminismViolationError of the SDK where they would decide otherwise now.
 */
export async function replayHistory(history: unknown, { workflowBundle, logger }: Replay): Promise<void> {
  const { Worker } = await loadWorkerSdk(logger);
  await Worker.runReplayHistory({ workflowBundle, sinks: tellEnds(undefined) }, history, 'replayed');
}

/**
 * Replays every run of the client's namespace from its beginning, ended or not, with the workflows of a bundle: what the
 * tests do with all that they ran, because workers that keep workflows in memory replay next to nothing.
 * @throws Error that names each run which would decide otherwise now.
 */
export async function replayRuns(client: Client, { workflowBundle, logger }: Replay): Promise<void> {
  const { Worker } = await loadWorkerSdk(logger);
  const wrong: string[] = [];
  const options = { workflowBundle, namespace: client.options.namespace, sinks: tellEnds(undefined) };
  const runs = Worker.runReplayHistories(options, client.workflow.list().intoHistories());
  for await (const { workflowId, error } of runs) {
    if (error !== undefined) wrong.push(`${workflowId}: ${error.message}`);
  }
  if (wrong.length > 0) throw new Error(`Not the same when replayed:\n${wrong.join('\n')}`);
}
