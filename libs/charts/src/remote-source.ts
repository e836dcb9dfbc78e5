import { type Digest, type ErrorCode, MeshwrightError, isMeshwrightError } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { type StoreOptions, keepArchive, readKept } from './archive-store.ts';
import { type ChartDigests, type ChartName, nameOfPin, notPinned, pinOf } from './pins.ts';
import type { ChartArchive, ChartArchives } from './source.ts';

/** What a chart repository and a registry have in common. */
export interface Remote {
  /** Without a slash at its end. */
  address: string;
  /** For people: `the chart repository …`. */
  where: string;
  /**
   * The archive as the remote has it now; `unchanged` when it says that it is the one of this digest.
   * @throws MeshwrightError CHART_UNAVAILABLE, CHART_MISSING or CHART_REFUSED.
   */
  pull(
    name: ChartName,
    kept: Digest | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Buffer | 'unchanged'>;
  /** Asks now; what it says of the digests of archives, where it says it. @throws MeshwrightError CHART_UNAVAILABLE. */
  ask(signal: AbortSignal | undefined): Promise<(name: ChartName) => Digest | undefined>;
}

export interface RemoteSourceOptions {
  remote: Remote;
  digests: ChartDigests;
  cacheDirectory: string;
  logger?: Pick<Logger, 'warn'>;
}

/**
 * Charts of a repository or registry. A version is asked for once in the life of this source, to learn whether it is
 * still the same archive; when the source does not answer, or has another archive than the pinned one, the archive of
 * an earlier time is used.
 */
export function openRemoteSource(options: RemoteSourceOptions): ChartArchives {
  const { remote, cacheDirectory } = options;
  const store: StoreOptions = { cacheDirectory, address: remote.address, where: remote.where };
  const confirmed = new Map<string, ChartArchive>();
  return {
    async find(chart, version, signal) {
      const key = `${chart}@${version}`;
      const known = confirmed.get(key);
      if (known !== undefined) return known;
      const archive = await findOnce(options, store, { chart, version }, signal);
      confirmed.set(key, archive);
      return archive;
    },
    async available(signal) {
      const digestNow = await remote.ask(signal);
      return `${remote.address} answers; ${await tellPins(options, store, digestNow)}`;
    },
  };
}

/** Away or withdrawn: what was pulled once is rendered all the same. */
const gone: readonly ErrorCode[] = ['CHART_UNAVAILABLE', 'CHART_MISSING'];

async function findOnce(
  { remote, digests, logger }: RemoteSourceOptions,
  store: StoreOptions,
  name: ChartName,
  signal: AbortSignal | undefined,
): Promise<ChartArchive> {
  const pin = pinOf(digests, name);
  const earlier = await readKept(store, name);
  const kept = earlier !== undefined && (pin === undefined || earlier.digest === pin) ? earlier : undefined;
  try {
    const pulled = await remote.pull(name, kept?.digest, signal);
    if (pulled !== 'unchanged') return await keepArchive(store, name, { content: pulled, pin });
    if (kept !== undefined) return kept;
    throw new Error(`${remote.where} confirmed an archive that nobody has.`);
  } catch (error) {
    if (!isMeshwrightError(error)) throw error;
    const isAgreed = pin !== undefined && error.code === 'CHART_REFUSED';
    if (kept !== undefined && (gone.includes(error.code) || isAgreed)) {
      logger?.warn({ ...name, digest: kept.digest, reason: error.message }, 'chart taken from the cache');
      return kept;
    }
    throw earlier === undefined || pin === undefined ? error : withEarlier(error, earlier.digest, pin);
  }
}

function withEarlier(error: MeshwrightError, earlier: Digest, pin: Digest): MeshwrightError {
  if (earlier === pin || error.code === 'CHART_REFUSED') return error;
  const message = `${error.message} The cached archive has the digest ${earlier}, and ${pin} is pinned: it is not used.`;
  return new MeshwrightError(error.code, message, error.details, { cause: error });
}

/** What of the source is pinned, and whether it is still there. @throws MeshwrightError CHART_REFUSED when it is not. */
async function tellPins(
  { remote, digests }: RemoteSourceOptions,
  store: StoreOptions,
  digestNow: (name: ChartName) => Digest | undefined,
): Promise<string> {
  const told: string[] = [];
  for (const [key, pin] of Object.entries(digests)) {
    const name = nameOfPin(key);
    if (name === undefined) continue;
    const isKept = (await readKept(store, name))?.digest === pin;
    const found = digestNow(name);
    const isOther = found !== undefined && found !== pin;
    if (isOther && !isKept) throw notPinned(name, { found, pin, where: remote.where });
    const cached = isKept ? 'in the cache' : 'not yet in the cache';
    told.push(`${key} (${cached}${isOther ? `, the source has another: ${found}` : ''})`);
  }
  return told.length === 0
    ? 'nothing is pinned: the first archive of each version counts'
    : `pinned: ${told.join(', ')}`;
}
