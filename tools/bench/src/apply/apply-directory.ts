import {
  applyObjects,
  type ApplyResult,
  type ClusterClient,
  connectCluster,
  openInventory,
} from '@meshwright/cluster';
import { readObjects } from './objects.ts';

/** What is to be applied, and the pattern that owns it. */
export interface OwnedDirectory {
  directory: string;
  pattern: string;
}

/** What the engine does for one stage: an inventory and an apply. */
export async function applyDirectory(
  client: ClusterClient,
  { directory, pattern }: OwnedDirectory,
): Promise<ApplyResult> {
  const objects = await readObjects(directory);
  return applyObjects(client, objects, { inventory: openInventory(client, { pattern }) });
}

/** The same over a connection that is opened for it and knows nothing of the cluster yet. */
export async function applyDirectoryAnew(kubeconfig: string, work: OwnedDirectory): Promise<ApplyResult> {
  const client = connectCluster({ name: 'bench', kubeconfig });
  try {
    return await applyDirectory(client, work);
  } finally {
    await client.close();
  }
}
