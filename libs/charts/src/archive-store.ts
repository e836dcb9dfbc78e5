import { join } from 'node:path';
import { digestOf } from '@meshwright/evidence';
import { type Digest, MeshwrightError } from '@meshwright/model';
import { readIfPresent, writeAtomically, writeOnce } from './files.ts';
import { type ChartName, notPinned, shown } from './pins.ts';
import type { ChartArchive } from './source.ts';

/** The largest archive that is taken; 64 MiB. */
export const maximumArchiveBytes = 64 * 1024 * 1024;

export interface StoreOptions {
  cacheDirectory: string;
  /** The address of the source: versions of another source are others. */
  address: string;
  /** The source, for people. */
  where: string;
}

/** The archive of a version that was used before; undefined when there is none, or when it is damaged. */
export async function readKept(options: StoreOptions, name: ChartName): Promise<ChartArchive | undefined> {
  const digest = (await readIfPresent(recordPath(options, name)))?.toString('utf8') as Digest | undefined;
  if (digest === undefined) return undefined;
  const path = archivePath(options.cacheDirectory, digest);
  const content = await readIfPresent(path);
  return content !== undefined && digestOf(content) === digest ? { path, digest } : undefined;
}

/**
 * Stores an archive by its digest. Without a pin the first archive of a version is the only one that counts; a pin is
 * somebody's word, and stands above what came first.
 * @throws MeshwrightError CHART_REFUSED for another archive.
 */
export async function keepArchive(
  options: StoreOptions,
  name: ChartName,
  { content, pin }: { content: Buffer; pin: Digest | undefined },
): Promise<ChartArchive> {
  const { cacheDirectory, where } = options;
  const digest = digestOf(content);
  if (pin !== undefined && digest !== pin) throw notPinned(name, { found: digest, pin, where });
  const path = archivePath(cacheDirectory, digest);
  await writeAtomically(path, content);
  const record = recordPath(options, name);
  if (pin !== undefined) {
    await writeAtomically(record, digest);
    return { path, digest };
  }
  const first = await writeOnce(record, digest);
  if (first === digest) return { path, digest };
  throw new MeshwrightError(
    'CHART_REFUSED',
    `${shown(name)} of ${where} is another archive than before: ${digest}, and ${first} when it was first used.`,
    {
      remedy:
        'A published version must not change: ask who publishes it. If the new archive is right, pin its digest under ' +
        `charts.digests of the mesh in meshwright.yaml, or delete ${record}.`,
    },
  );
}

function archivePath(cacheDirectory: string, digest: Digest): string {
  return join(cacheDirectory, 'archives', `${digest.slice('sha256:'.length)}.tgz`);
}

function recordPath({ cacheDirectory, address }: StoreOptions, { chart, version }: ChartName): string {
  const folder = digestOf(address).slice('sha256:'.length, 'sha256:'.length + 16);
  return join(cacheDirectory, 'versions', folder, chart, version);
}
