import { MeshwrightError } from '@meshwright/model';
import type { ConnectOptions } from './access.ts';
import { connectCluster, type ClusterClient } from './client.ts';
import { textAt } from './json.ts';

/** One key of a Secret; without `target`, in the cluster that this process runs in. */
export interface SecretKey {
  target?: string;
  namespace: string;
  name: string;
  key: string;
}

/** Reads single keys of Secrets, for whoever resolves references to them. Needs the right to get that one Secret. */
export interface ClusterSecrets {
  /**
   * The bytes of the key as they were within the last ten seconds; undefined when there is no such Secret or key.
   * @throws MeshwrightError CLUSTER_UNREACHABLE, CLUSTER_UNAUTHORIZED; INVALID_CONFIGURATION when no target has the
   *   name or the process runs in no cluster.
   */
  read(secret: SecretKey): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

interface Reading {
  value: Promise<Uint8Array | undefined>;
  at: number;
}

/** Many may ask at once, some of them strangers whose webhooks have to be checked. */
const freshMs = 10_000;

/** Secrets of the targets; a cluster is connected to when a Secret of it is asked for. */
export function openClusterSecrets(targets: readonly ConnectOptions[]): ClusterSecrets {
  const clients = new Map<string | undefined, ClusterClient>();
  const readings = new Map<string, Reading>();

  function clientOf(target: string | undefined): ClusterClient {
    const known = clients.get(target);
    if (known !== undefined) return known;
    const client = connectCluster(connectionTo(target, targets));
    clients.set(target, client);
    return client;
  }

  return {
    async read(secret) {
      const id = JSON.stringify([secret.target, secret.namespace, secret.name, secret.key]);
      const earlier = readings.get(id);
      if (earlier !== undefined && performance.now() - earlier.at < freshMs) return earlier.value;
      const reading = { value: readKey(clientOf(secret.target), secret), at: performance.now() };
      readings.set(id, reading);
      try {
        return await reading.value;
      } catch (error) {
        if (readings.get(id) === reading) readings.delete(id);
        throw error;
      }
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
      clients.clear();
      readings.clear();
    },
  };
}

function connectionTo(target: string | undefined, targets: readonly ConnectOptions[]): ConnectOptions {
  if (target === undefined) return { name: 'the cluster around this process', inCluster: true };
  const found = targets.find(({ name }) => name === target);
  if (found !== undefined) return found;
  throw new MeshwrightError('INVALID_CONFIGURATION', `No target is called ${JSON.stringify(target)}.`, {
    remedy: 'Correct the kubernetesSecret in meshwright.yaml.',
  });
}

async function readKey(
  client: ClusterClient,
  { namespace, name, key }: SecretKey,
): Promise<Uint8Array | undefined> {
  const secret = await client.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  const encoded = textAt(secret, 'data', key);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}
