import { homedir } from 'node:os';
import { join } from 'node:path';
import { TaskQueue } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import {
  connectPatiently,
  ensureSearchAttributes,
  startWorker,
  type RunningWorker,
  type TemporalOptions,
} from '@meshwright/temporal';
import { loadWorkflowBundle, type WorkflowBundle } from '@meshwright/workflow-bundle';

export interface OrchestratorOptions {
  temporal: TemporalOptions;
  logger: Logger;
  /** Where bundles of the workflows are kept; below the user's cache directory unless told. */
  bundleDirectory?: string;
}

/** The worker that runs the workflows. */
export type Orchestrator = Pick<RunningWorker, 'ready' | 'finished' | 'stop'>;

/**
 * Runs the workflows: bundles them if that has not been done yet, then, as soon as Temporal is there, registers the
 * search attributes and polls. Waits for Temporal by itself, also later.
 * @throws MeshwrightError INTERNAL when the workflows cannot be bundled.
 */
export async function startOrchestrator(options: OrchestratorOptions): Promise<Orchestrator> {
  const { temporal, bundleDirectory = defaultBundleDirectory() } = options;
  const encodeFailures = temporal.encryption !== undefined;
  const bundle = await loadWorkflowBundle({ cacheDirectory: bundleDirectory, encodeFailures });
  const stopping = new AbortController();
  const worker = prepareAndStart(options, bundle, stopping.signal);
  const ready = worker.then((started) => started?.ready);
  const finished = worker.then((started) => started?.finished);
  // Whoever awaits either promise sees the rejection; nobody has to.
  ready.catch(() => undefined);
  finished.catch(() => undefined);
  return {
    ready,
    finished,
    async stop() {
      stopping.abort();
      const started = await worker.catch(() => undefined);
      await started?.stop();
    },
  };
}

/** Nothing when it was stopped before Temporal was there. */
async function prepareAndStart(
  { temporal, logger }: OrchestratorOptions,
  workflowBundle: WorkflowBundle,
  signal: AbortSignal,
): Promise<RunningWorker | undefined> {
  const connection = await connectPatiently(temporal, { logger, signal });
  if (connection === undefined) return undefined;
  try {
    await ensureSearchAttributes(connection.client.connection, temporal);
  } finally {
    await connection.close();
  }
  return startWorker({ ...temporal, taskQueue: TaskQueue.orchestrator, workflowBundle, logger });
}

function defaultBundleDirectory(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'meshwright', 'workflow-bundles');
}
