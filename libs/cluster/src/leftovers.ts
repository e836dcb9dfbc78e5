import { isMeshwrightError, messageOf, type Leftover } from '@meshwright/model';
import { type ClusterClient } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { awaitGone, holderOf } from './deletion.ts';
import { type Survivor } from './prune.ts';

/**
 * Deletes objects that no inventory holds, each only while it is this very object (uid), and waits until they are
 * gone. Gives what is left, with the reason. Safe to repeat.
 * @throws MeshwrightError CLUSTER_UNREACHABLE; the signal's reason on abort
 */
export async function deleteLeftovers(
  client: ClusterClient,
  leftovers: readonly Leftover[],
  options: { signal?: AbortSignal | undefined; goneMs?: number } = {},
): Promise<Survivor[]> {
  const { signal, goneMs: timeoutMs = 30_000 } = options;
  const survivors = await mapConcurrently(leftovers, 16, async ({ uid, ...object }) => {
    signal?.throwIfAborted();
    const refusal = await deleteOne(client, { uid, ...object });
    if (refusal !== undefined) return { object, reason: refusal };
    const left = await awaitGone(client, object, { uid, timeoutMs, signal });
    return left === undefined ? undefined : { object, reason: holderOf(left) };
  });
  return survivors.filter((survivor) => survivor !== undefined);
}

/** Why the object could not be deleted. */
async function deleteOne(client: ClusterClient, { uid, ...object }: Leftover): Promise<string | undefined> {
  const live = await client.getHeader(object);
  if (live?.metadata.uid !== uid) return undefined;
  try {
    await client.delete(object, uid);
    return undefined;
  } catch (error) {
    if (!isMeshwrightError(error) || error.retryable) throw error;
    return messageOf(error);
  }
}
