import { TaskQueue, workflowId, WorkflowType } from '@meshwright/model';
import { connectPatiently, type TemporalConnection, type TemporalOptions } from '@meshwright/temporal';
import { endRemovedWatches, type RemovedRepositoriesOptions } from './removed-repositories.ts';

/** The watch workflows of the configured repositories, as this process speaks to them. */
export interface Watches {
  /** Settled when every repository has its workflow; rejected when that can never be. */
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

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
  return {
    started,
    async stop() {
      stopping.abort();
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
