import { join } from 'node:path';
import { type ClusterClient, openInventory } from '@meshwright/cluster';
import { MeshwrightError, type ObjectReference } from '@meshwright/model';
import { waitFor } from '@meshwright/testbed';
import { virtualServices, writeObjects } from './objects.ts';

/** Namespaces with objects to apply into them, and their end. */
export interface Stage {
  /** Makes a namespace, and a directory with the files of its objects. */
  prepare(namespace: string, objects: number): Promise<string>;
  /** Deletes every prepared namespace with all that is in it, and waits until they are gone. */
  clear(): Promise<void>;
}

const deletionSeconds = 300;

/** Opens the stage on a cluster; files lie below the directory. */
export function openStage(client: ClusterClient, directory: string, signal: AbortSignal): Stage {
  const prepared = new Set<string>();
  return {
    async prepare(namespace, objects) {
      const content = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      if ((await client.create(content, { fieldManager: 'bench', signal })) === undefined)
        throw new MeshwrightError('INTERNAL', `The namespace ${namespace} is there already.`);
      prepared.add(namespace);
      const files = join(directory, namespace);
      await writeObjects(files, virtualServices(namespace, objects));
      return files;
    },
    async clear() {
      const namespaces = [...prepared];
      prepared.clear();
      await Promise.all(namespaces.map((namespace) => remove(client, namespaceReference(namespace))));
      for (const namespace of namespaces) {
        await waitFor(() => stillThere(client, namespaceReference(namespace)), {
          what: `the end of the namespace ${namespace}`,
          seconds: deletionSeconds,
          signal,
        });
        await openInventory(client, { pattern: namespace }).shrink([]);
      }
    },
  };
}

async function stillThere(client: ClusterClient, reference: ObjectReference): Promise<string | undefined> {
  return (await client.getHeader(reference)) === undefined ? undefined : 'it is still being deleted';
}

async function remove(client: ClusterClient, reference: ObjectReference): Promise<void> {
  const live = await client.getHeader(reference);
  if (live?.metadata.uid !== undefined) await client.delete(reference, live.metadata.uid);
}

function namespaceReference(name: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'Namespace', name };
}
