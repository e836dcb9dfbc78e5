import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { messageOf, workflowId, WorkflowType } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';

export interface RemovedRepositoriesOptions {
  /** Names of the repositories that are configured. */
  repositories: readonly string[];
  /** The folder with a mirror for each repository that was ever watched from here. */
  mirrors: string;
  logger: Logger;
}

const reason = 'The repository is not in the configuration any more.';
/** A repository's name; nothing else in the folder is ours. */
const repositoryName = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/**
 * Ends the watches of repositories that were watched from here and are not configured any more, and removes their
 * mirrors; their rollouts go on. Other watches that are not configured here may belong to somebody else: they are only
 * told of. Never throws: what fails is logged, and tried again at the next start.
 */
export async function endRemovedWatches(client: Client, options: RemovedRepositoriesOptions): Promise<void> {
  const { repositories, mirrors, logger } = options;
  const known = new Set(repositories.map((name) => workflowId.repository(name)));
  try {
    for (const name of await watchedBefore(mirrors)) {
      const watch = workflowId.repository(name);
      if (known.has(watch)) continue;
      if (await terminate(client, watch)) logger.info({ watch }, `watch ended: ${reason}`);
      await rm(join(mirrors, name), { recursive: true, force: true });
      // Temporal's list goes on showing it for a moment.
      known.add(watch);
    }
    const query = `WorkflowType = '${WorkflowType.repositoryWatch}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId: watch } of client.workflow.list({ query })) {
      if (known.has(watch)) continue;
      logger.warn({ watch }, 'a watch goes on whose repository is not in this configuration');
    }
  } catch (error) {
    logger.warn({ reason: messageOf(error) }, 'watches of removed repositories were not looked for');
  }
}

async function watchedBefore(mirrors: string): Promise<string[]> {
  const entries = await readdir(mirrors, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && repositoryName.test(entry.name))
    .map(({ name }) => name);
}

/** Whether there was one to end. */
async function terminate(client: Client, id: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(id).terminate(reason);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
