import { isMeshwrightError } from '@meshwright/model';
import type { Verification, VerifyChange } from '../mesh.ts';
import type { PluginContext } from '../ports.ts';

/** One look at one part of the mesh. */
export type Check = (change: VerifyChange, context: PluginContext) => Promise<Verification>;

/** Lines beyond this are counted, not shown. */
const shownLines = 20;

/** All is well. */
export function healthy(note: string): Verification {
  return { state: 'healthy', note };
}

/** Waiting for what is listed, or healthy when nothing is. */
export function waitingFor(lines: string[], note: string): Verification {
  if (lines.length === 0) return healthy(note);
  const shown = lines.slice(0, shownLines);
  return {
    state: 'waiting',
    for: lines.length > shownLines ? [...shown, `and ${lines.length - shownLines} more`] : shown,
  };
}

/** It will not become healthy by waiting. */
export function failed(reason: string, remedy: string): Verification {
  return { state: 'failed', reason, remedy };
}

/**
 * What a pod answered, or why it did not. A refusal of the right to ask is no state of the pod and is thrown on.
 */
export async function askPod(
  context: PluginContext,
  request: { namespace: string; pod: string; port: number; path: string },
): Promise<{ body: string } | { problem: string }> {
  context.signal.throwIfAborted();
  try {
    return { body: await context.cluster.getFromPod(request) };
  } catch (error) {
    if (isMeshwrightError(error) && (error.code === 'API_REFUSED' || error.code === 'CLUSTER_UNREACHABLE')) {
      return { problem: error.message };
    }
    throw error;
  }
}

/** Runs `work` over all items, a few at a time, and keeps the order. */
export async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const size = 16;
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))));
  }
  return results;
}
