import { applyObjects, connectCluster, openInventory, type ApplyResult } from '@meshwright/cluster';
import { readObjects } from './objects.ts';

/** What the engine does for one stage: a connection of its own that knows nothing yet, an inventory, an apply. */
export async function applyDirectory(work: {
  kubeconfig: string;
  directory: string;
  pattern: string;
}): Promise<ApplyResult> {
  const client = connectCluster({ name: 'bench', kubeconfig: work.kubeconfig });
  try {
    const objects = await readObjects(work.directory);
    const inventory = openInventory(client, { pattern: work.pattern });
    return await applyObjects(client, objects, { inventory });
  } finally {
    await client.close();
  }
}
