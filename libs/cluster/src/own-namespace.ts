import { isMeshwrightError, type KubernetesObject } from '@meshwright/model';
import { inventoryNamespace } from './apply-set.ts';
import type { ClusterClient } from './client.ts';
import { inventoryManager } from './field-managers.ts';

/**
 * Creates an object of the engine's own in its namespace; false when it is there already. The namespace is there except
 * for the first object on a cluster, so it is made when it proves to be missing.
 */
export async function createInOwnNamespace(
  client: ClusterClient,
  object: KubernetesObject,
): Promise<boolean> {
  const options = { fieldManager: inventoryManager };
  try {
    return (await client.create(object, options)) !== undefined;
  } catch (error) {
    if (!isMissingNamespace(error)) throw error;
  }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inventoryNamespace } };
  await client.create(namespace, options);
  return (await client.create(object, options)) !== undefined;
}

function isMissingNamespace(error: unknown): boolean {
  return isMeshwrightError(error) && error.message.includes(`namespaces "${inventoryNamespace}" not found`);
}
