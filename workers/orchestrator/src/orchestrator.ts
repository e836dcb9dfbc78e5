import { homedir } from 'node:os';
import { join } from 'node:path';
import { type BaselineRecord, type KeepingActivities, TaskQueue } from '@meshwright/model';
import type { ResultsStore } from '@meshwright/results';
import type { Logger, Metrics } from '@meshwright/telemetry';
import {
  asActivities,
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
  metrics?: Metrics;
  /** Opens the results database; called when there is something to keep, again where it failed. */
  results: () => Promise<ResultsStore>;
  /** Where bundles of the workflows are kept; below the user's cache directory unless told. */
  bundleDirectory?: string;
}

/** The worker that runs the workflows, and keeps what they measured. */
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
  const keeper = keepIn(options);
  const worker = prepareAndStart(options, { bundle, activities: keeper.activities }, stopping.signal);
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
      await keeper.close();
    },
  };
}

/** Nothing when it was stopped before Temporal was there. */
async function prepareAndStart(
  { temporal, logger, metrics }: OrchestratorOptions,
  { bundle, activities }: { bundle: WorkflowBundle; activities: KeepingActivities },
  signal: AbortSignal,
): Promise<RunningWorker | undefined> {
  const connection = await connectPatiently(temporal, { logger, signal });
  if (connection === undefined) return undefined;
  try {
    await ensureSearchAttributes(connection.client.connection, temporal);
  } finally {
    await connection.close();
  }
  return startWorker({
    ...temporal,
    taskQueue: TaskQueue.orchestrator,
    workflowBundle: bundle,
    activities: asActivities(activities, logger),
    logger,
    ...(metrics === undefined ? {} : { metrics }),
  });
}

/** The database is opened when it is first needed, so that one that is away holds up nothing but what is to be kept. */
function keepIn({ results: open, metrics }: Pick<OrchestratorOptions, 'results' | 'metrics'>): {
  activities: KeepingActivities;
  close(): Promise<void>;
} {
  let store: Promise<ResultsStore> | undefined;
  const opened = (): Promise<ResultsStore> => {
    const opening = (store ??= open());
    opening.catch(() => {
      if (store === opening) store = undefined;
    });
    return opening;
  };
  return {
    activities: {
      async keepBaseline(record) {
        await (await opened()).save(record);
        tellVerdict(record, metrics);
      },
    },
    async close() {
      await (await store?.catch(() => undefined))?.close();
    },
  };
}

/** A measurement that was stopped has no verdict. */
function tellVerdict({ context, status }: BaselineRecord, metrics: Metrics | undefined): void {
  if (status.judgement === undefined) return;
  const { pattern } = context;
  metrics?.judged({ verdict: status.judgement.verdict, ...(pattern === undefined ? {} : { pattern }) });
}

function defaultBundleDirectory(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'meshwright', 'workflow-bundles');
}
