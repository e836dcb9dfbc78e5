import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { messageOf } from '@meshwright/model';

/** One version of a chart in the index of a repository. */
export interface IndexEntry {
  chart: string;
  version: string;
  /** Absolute, or relative to the index. */
  url: string;
  /** What the index says of the archive: SHA-256, in hex. */
  sha256?: string;
}

const maximumMiB = 1024;

/**
 * Reads an index in a thread of its own, since megabytes of YAML take seconds and may be hostile.
 * @throws Error saying why the text is no index.
 */
export async function parseIndex(content: Buffer, milliseconds: number): Promise<IndexEntry[]> {
  const thread = new Worker(new URL('./parse-index-thread.ts', import.meta.url), {
    workerData: content,
    resourceLimits: { maxOldGenerationSizeMb: maximumMiB },
  });
  const time = AbortSignal.timeout(milliseconds);
  try {
    const [parsed] = (await once(thread, 'message', { signal: time })) as [
      { entries: IndexEntry[] } | { problem: string },
    ];
    if ('problem' in parsed) throw new Error(parsed.problem);
    return parsed.entries;
  } catch (error) {
    throw new Error(`it cannot be read: ${time.aborted ? 'it took too long' : messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await thread.terminate();
  }
}
