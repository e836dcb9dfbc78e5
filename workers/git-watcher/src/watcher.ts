import type { Config, Secrets } from '@meshwright/config';
import type { EvidenceStore } from '@meshwright/evidence';
import { TaskQueue } from '@meshwright/model';
import type { Logger, Metrics } from '@meshwright/telemetry';
import { asActivities, startWorker, type TemporalOptions } from '@meshwright/temporal';
import { createRepositoryActivities } from './activities.ts';
import { createHints } from './hints.ts';
import { mirrorsOf } from './repositories.ts';
import { startWatches } from './watches.ts';

export interface GitWatcherOptions {
  config: Config;
  temporal: TemporalOptions;
  evidence: EvidenceStore;
  secrets: Secrets;
  logger: Logger;
  metrics?: Metrics;
  /** Ids of the mesh plugins. */
  knownMeshes: readonly string[];
}

export interface GitWatcher {
  /** Settled when the worker polls and every repository has its watch; rejected when that will never be. */
  readonly ready: Promise<void>;
  /** Settled when it was stopped; rejected when it can never run. */
  readonly finished: Promise<void>;
  /** Word that a repository may have changed: whoever waits for it here looks at once. */
  hint(repository: string): void;
  stop(): Promise<void>;
}

/** Beside its wait, which occupies one activity all the time, a repository needs room for a look and a reading. */
const activitiesOfRepository = 3;

/**
 * Serves the task queue `git` and keeps a watch workflow for every configured repository. Waits for Temporal by itself.
 */
export async function startGitWatcher(options: GitWatcherOptions): Promise<GitWatcher> {
  const { config, temporal, evidence, secrets, logger, knownMeshes } = options;
  const measured = options.metrics === undefined ? {} : { metrics: options.metrics };
  const hints = createHints();
  const repositories = config.repositories.map(({ name }) => name);
  const watches = startWatches({ repositories, mirrors: mirrorsOf(config), temporal, logger });
  const worker = await startWorker({
    ...temporal,
    taskQueue: TaskQueue.git,
    activities: asActivities(
      createRepositoryActivities({ config, evidence, secrets, hints, knownMeshes, ...measured }),
      logger,
    ),
    maxConcurrentActivities: Math.max(20, activitiesOfRepository * repositories.length),
    logger,
    ...measured,
  });
  const ready = Promise.all([worker.ready, watches.started]).then(() => undefined);
  const finished = Promise.all([worker.finished, watches.started]).then(() => undefined);
  // Whoever awaits either promise sees the rejection; nobody has to.
  ready.catch(() => undefined);
  finished.catch(() => undefined);
  return {
    ready,
    finished,
    hint: (repository) => hints.give(repository),
    async stop() {
      await Promise.all([worker.stop(), watches.stop()]);
    },
  };
}
