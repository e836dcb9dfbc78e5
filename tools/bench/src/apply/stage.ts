import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterClient, openInventory } from '@meshwright/cluster';
import { formatReference, MeshwrightError, type ObjectReference } from '@meshwright/model';
import { waitFor } from '@meshwright/testbed';
import { virtualServices, writeObjects } from './objects.ts';

/** Namespaces with objects to apply into them, and their end. */
export interface Stage {
  /** Makes a namespace, and a directory with the files of its objects; returns when the cluster is at rest again. */
  prepare(namespace: string, objects: number): Promise<string>;
  /** Deletes every prepared namespace with all that is in it, and waits until they are gone. */
  clear(): Promise<void>;
}

const deletionSeconds = 300;
const settleSeconds = 60;
/**
 * Longer than what one arm leaves for the next: for 100 ms after a list, the API server lets another of the same kind
 * wait until etcd has confirmed its cache, when something was written in between (its watch cache asks no more often).
 */
const restMilliseconds = 250;

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
      await waitFor(() => missingIn(client, namespace), {
        what: `what the controllers put into the namespace ${namespace}`,
        seconds: settleSeconds,
        signal,
      });
      await delay(restMilliseconds, undefined, { signal });
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

/** Every namespace gets these from the controllers, at the same time as the first objects if nobody waits. */
async function missingIn(client: ClusterClient, namespace: string): Promise<string | undefined> {
  const given: ObjectReference[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' },
    { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'kube-root-ca.crt' },
  ];
  const found = await Promise.all(given.map((reference) => client.getHeader(reference)));
  const missing = given.find((_, index) => found[index] === undefined);
  return missing && `${formatReference(missing)} is not there`;
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
