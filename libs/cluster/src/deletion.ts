import { setTimeout as sleep } from 'node:timers/promises';
import { type ObjectReference } from '@meshwright/model';
import { type ClusterClient, type ObjectHeader } from './client.ts';

/**
 * Waits until an object whose deletion has begun is gone. Gives what is left of it when the time is over.
 * @throws the signal's reason on abort
 */
export async function awaitGone(
  client: ClusterClient,
  object: ObjectReference,
  options: { uid: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<ObjectHeader | undefined> {
  const { uid, timeoutMs, signal } = options;
  const giveUpAt = Date.now() + timeoutMs;
  for (let delay = 50; ; delay = Math.min(1_000, delay * 2)) {
    const header = await client.getHeader(object, signal);
    if (header?.metadata.uid !== uid) return undefined;
    if (Date.now() > giveUpAt) return header;
    await sleep(delay);
    signal?.throwIfAborted();
  }
}

/** What holds an object whose deletion has begun. */
export function holderOf({ metadata, kind }: ObjectHeader): string {
  const { finalizers } = metadata;
  if (Array.isArray(finalizers) && finalizers.length > 0) {
    return `its deletion is held by the finalizers ${finalizers.join(', ')}`;
  }
  return kind === 'Namespace' ? 'its content is still being deleted' : 'its deletion has not finished';
}
