import { setTimeout as delay } from 'node:timers/promises';
import { Message, messageOf, TaskQueue, workflowId, WorkflowType } from '@meshwright/model';
import { connectPatiently, type TemporalConnection, type TemporalOptions } from '@meshwright/temporal';
import { endRemovedWatches, type RemovedRepositoriesOptions } from './removed-repositories.ts';

/** The watch workflows of the configured repositories, as this process speaks to them. */
export interface Watches {
  /** Settled when every repository has its workflow; rejected when that can never be. */
  readonly started: Promise<void>;
  /** Tells a watch to look; many calls at once become few signals. Failures are only logged: the watch looks anyway. */
  hint(repository: string): void;
  stop(): Promise<void>;
}

/** Signals to one workflow are at least this far apart. */
const signalIntervalMs = 1_000;

/**
 * Makes sure that every repository has its `repository:<name>` workflow and that those which were removed from the
 * configuration have none, waiting for Temporal as long as it takes.
 */
export function startWatches(options: RemovedRepositoriesOptions & { temporal: TemporalOptions }): Watches {
  const { repositories, temporal, logger } = options;
  const stopping = new AbortController();
  const opening = connectPatiently(temporal, { logger, signal: stopping.signal });
  const started = opening
    .then(async (connection) => {
      if (connection === undefined) return;
      await startAll(connection, repositories);
      await endRemovedWatches(connection.client, options);
    })
    .catch((error: unknown) => {
      // The connection that was stopped under it; whoever comes next starts what is missing.
      if (!stopping.signal.aborted) throw error;
    });
  started.catch(() => undefined);
  const pending = new Map<string, Promise<void>>();
  const again = new Set<string>();

  async function signal(repository: string): Promise<void> {
    const connection = await opening;
    await connection?.client.workflow
      .getHandle(workflowId.repository(repository))
      .signal(Message.repositoryHint);
    await delay(signalIntervalMs, undefined, { signal: stopping.signal });
  }

  /** The first hint is passed on at once; those that come while it is, as one more. */
  function hint(repository: string): void {
    const running = pending.get(repository);
    if (running !== undefined) {
      again.add(repository);
      return;
    }
    const sending = signal(repository)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted)
          logger.warn({ repository, reason: messageOf(error) }, 'hint was not passed on');
      })
      .then(() => {
        pending.delete(repository);
        if (again.delete(repository)) hint(repository);
      });
    pending.set(repository, sending);
  }

  return {
    started,
    hint,
    async stop() {
      stopping.abort();
      again.clear();
      await Promise.all(pending.values());
      const connection = await opening.catch(() => undefined);
      await connection?.close();
    },
  };
}

async function startAll(connection: TemporalConnection, repositories: readonly string[]): Promise<void> {
  for (const repository of repositories) {
    await connection.client.workflow.start(WorkflowType.repositoryWatch, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: workflowId.repository(repository),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ repository }],
      staticSummary: `Watches the repository ${repository}`,
    });
  }
}
