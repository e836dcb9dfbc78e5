import { join } from 'node:path';
import { digestOf } from '@meshwright/evidence';
import { isMeshwrightError, messageOf } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { download, type Patience } from './download.ts';
import { unavailable } from './failures.ts';
import { readIfPresent, writeAtomically } from './files.ts';
import { type IndexEntry, parseIndex } from './parse-index.ts';

export interface RepositoryIndexOptions {
  /** Without a slash at its end. */
  address: string;
  cacheDirectory: string;
  patience: Patience;
  /** Milliseconds since the epoch. */
  now: () => number;
  logger?: Pick<Logger, 'warn'>;
}

/** What a repository lists. */
export interface Listing {
  entries: readonly IndexEntry[];
  /** `asked`: as the repository says it now. `recent`: as it said within the last minutes. `old`: it gave no answer. */
  age: 'asked' | 'recent' | 'old';
}

export interface RepositoryIndex {
  /**
   * What the repository lists; with `again` as it is now, however lately it was asked.
   * @throws MeshwrightError CHART_UNAVAILABLE or CHART_REFUSED when it gives no index and none is kept.
   */
  read(options: { again: boolean; signal: AbortSignal | undefined }): Promise<Listing>;
  /** Asks now. @throws MeshwrightError CHART_UNAVAILABLE or CHART_REFUSED, whatever is kept. */
  ask(signal: AbortSignal | undefined): Promise<readonly IndexEntry[]>;
}

interface KeptIndex {
  askedAt: number;
  etag?: string;
  entries: IndexEntry[];
}

/** For so long a listing counts without asking again, and a repository that gave no answer is left in peace. */
const recentMs = 5 * 60_000;
const maximumIndexBytes = 32 * 1024 * 1024;

/** The index of a chart repository, kept in the cache directory for this and later processes. */
export function openRepositoryIndex(options: RepositoryIndexOptions): RepositoryIndex {
  let asking: Promise<Listing> | undefined;
  let failedAt: number | undefined;

  async function readOnce(again: boolean): Promise<Listing> {
    const kept = await readKept(options);
    if (kept !== undefined && !again) {
      if (isRecent(options, kept.askedAt)) return { entries: kept.entries, age: 'recent' };
      if (failedAt !== undefined && isRecent(options, failedAt)) return { entries: kept.entries, age: 'old' };
    }
    try {
      return { entries: await askOnce(options, kept, undefined), age: 'asked' };
    } catch (error) {
      if (kept === undefined || !isMeshwrightError(error)) throw error;
      failedAt = options.now();
      options.logger?.warn(
        { repository: options.address, askedAt: new Date(kept.askedAt), reason: error.message },
        'index of charts taken from the cache',
      );
      return { entries: kept.entries, age: 'old' };
    }
  }

  return {
    async read({ again, signal }) {
      signal?.throwIfAborted();
      // Charts that are wanted at once share one question, so it is nobody's to cancel; it is bounded in time.
      asking ??= readOnce(again).finally(() => (asking = undefined));
      const listing = await asking;
      signal?.throwIfAborted();
      return listing;
    },
    async ask(signal) {
      return askOnce(options, await readKept(options), signal);
    },
  };
}

async function askOnce(
  options: RepositoryIndexOptions,
  kept: KeptIndex | undefined,
  signal: AbortSignal | undefined,
): Promise<IndexEntry[]> {
  const { address, patience } = options;
  const what = `The index of the chart repository ${address}`;
  const answer = await download(
    { what, url: indexAddress(address), maximumBytes: maximumIndexBytes, etag: kept?.etag, signal },
    patience,
  );
  if (answer.state === 'absent') {
    throw unavailable(`${what} is not there.`, { remedy: 'Check the address of the chart source.' });
  }
  const known = answer.state === 'unchanged' ? kept : await parsed(answer, what, patience);
  const entries = known?.entries ?? [];
  await writeKept(options, { ...known, entries, askedAt: options.now() });
  return entries;
}

async function parsed(
  { content, etag }: { content: Buffer; etag: string | undefined },
  what: string,
  { totalMs }: Patience,
): Promise<{ entries: IndexEntry[]; etag?: string }> {
  try {
    return { entries: await parseIndex(content, totalMs), ...(etag === undefined ? {} : { etag }) };
  } catch (error) {
    throw unavailable(
      `${what} is none: ${messageOf(error)}.`,
      { remedy: 'Check that the address is one of a chart repository, and what stands between.' },
      error,
    );
  }
}

/** The address of a repository's index. */
export function indexAddress(address: string): URL {
  return new URL(`${address}/index.yaml`);
}

function isRecent({ now }: RepositoryIndexOptions, moment: number): boolean {
  const age = now() - moment;
  return age >= 0 && age < recentMs;
}

function pathOf({ cacheDirectory, address }: RepositoryIndexOptions): string {
  return join(cacheDirectory, 'indexes', `${digestOf(address).slice('sha256:'.length)}.json`);
}

/** A file that is damaged is none. */
async function readKept(options: RepositoryIndexOptions): Promise<KeptIndex | undefined> {
  const text = await readIfPresent(pathOf(options));
  if (text === undefined) return undefined;
  try {
    const kept = JSON.parse(text.toString('utf8')) as Partial<KeptIndex>;
    if (!Array.isArray(kept.entries) || typeof kept.askedAt !== 'number') return undefined;
    return kept as KeptIndex;
  } catch {
    return undefined;
  }
}

async function writeKept(options: RepositoryIndexOptions, kept: KeptIndex): Promise<void> {
  await writeAtomically(pathOf(options), JSON.stringify(kept));
}
