import { join } from 'node:path';
import { readFile, readdir } from 'node:fs/promises';
import { digestOf } from '@meshwright/evidence';
import {
  type Digest,
  type ErrorCode,
  MeshwrightError,
  isMeshwrightError,
  messageOf,
} from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { helmMessage, missing, remedyFor, unavailable } from './failures.ts';
import { readIfPresent, withWorkDirectory, writeAtomically, writeOnce } from './files.ts';
import type { Helm, HelmResult } from './helm.ts';
import { type ChartArchive, type ChartArchives, isLoopback } from './source.ts';

export interface RemoteSourceOptions {
  source: { repository: string } | { oci: string };
  cacheDirectory: string;
  helm: Helm;
  logger?: Logger;
}

const pullTimeoutSeconds = 120;
const maximumArchiveBytes = 64 * 1024 * 1024;
const shownVersions = 10;

/**
 * Charts of a repository or registry. A version is asked for once in the life of this source, to learn whether it is
 * still the same archive; when the source does not answer, the archive of an earlier time is used.
 */
export function openRemoteSource(options: RemoteSourceOptions): ChartArchives {
  const confirmed = new Map<string, ChartArchive>();
  return {
    async find(chart, version, signal) {
      const key = `${chart}@${version}`;
      const known = confirmed.get(key);
      if (known !== undefined) return known;
      const archive = await findOnce(options, { chart, version }, signal);
      confirmed.set(key, archive);
      return archive;
    },
    async available(signal) {
      return withWorkDirectory(options.cacheDirectory, async (directory) =>
        'oci' in options.source
          ? askRegistry(options.source.oci, signal)
          : askRepository(options, options.source.repository, directory, signal),
      );
    },
  };
}

interface ChartName {
  chart: string;
  version: string;
}

/** Away or withdrawn: what was pulled once is rendered all the same. */
const gone: readonly ErrorCode[] = ['CHART_UNAVAILABLE', 'CHART_MISSING'];

async function findOnce(
  options: RemoteSourceOptions,
  name: ChartName,
  signal: AbortSignal | undefined,
): Promise<ChartArchive> {
  const record = recordPath(options, name);
  const kept = await readKept(options.cacheDirectory, record);
  try {
    const content = await pull(options, name, signal);
    return await keep(options, name, content);
  } catch (error) {
    if (kept === undefined || !isMeshwrightError(error) || !gone.includes(error.code)) throw error;
    options.logger?.warn(
      { ...name, digest: kept.digest, reason: error.message },
      'chart taken from the cache',
    );
    return kept;
  }
}

async function pull(
  options: RemoteSourceOptions,
  name: ChartName,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  return withWorkDirectory(options.cacheDirectory, async (directory) => {
    const result = await options.helm.run(
      // A content cache of its own, so that Helm really asks and never answers from an earlier pull.
      [
        'pull',
        ...chartArguments(options.source, name),
        '--destination',
        directory,
        '--content-cache',
        join(directory, 'content'),
      ],
      { timeoutSeconds: pullTimeoutSeconds, signal },
    );
    if (result.outcome !== 'done') throw await pullFailed(options, name, result, directory, signal);
    const file = (await readdir(directory)).find((entry) => entry.endsWith('.tgz'));
    if (file === undefined) throw unavailable(`${describe(options)} gave no archive for ${shown(name)}.`, {});
    const content = await readFile(join(directory, file));
    if (content.length > maximumArchiveBytes) {
      throw new MeshwrightError('CHART_REFUSED', `The archive of ${shown(name)} is larger than 64 MiB.`);
    }
    return content;
  });
}

function chartArguments(source: RemoteSourceOptions['source'], { chart, version }: ChartName): string[] {
  if ('repository' in source) return [chart, '--repo', source.repository, '--version', version];
  const address = `${source.oci.replace(/\/+$/, '')}/${chart}`;
  return [address, '--version', version, ...(isLoopback(new URL(source.oci)) ? ['--plain-http'] : [])];
}

/** Stores the archive by its digest; the first archive of a version is the only one that counts. */
async function keep(options: RemoteSourceOptions, name: ChartName, content: Buffer): Promise<ChartArchive> {
  const digest = digestOf(content);
  const path = archivePath(options.cacheDirectory, digest);
  await writeAtomically(path, content);
  const record = recordPath(options, name);
  const first = await writeOnce(record, digest);
  if (first === digest) return { path, digest };
  throw new MeshwrightError(
    'CHART_REFUSED',
    `${shown(name)} of ${describe(options)} is another archive than before: ${digest}, and ${first} when it was first used.`,
    {
      remedy: `A published version must not change: ask who publishes it. If the new archive is right, delete ${record}.`,
    },
  );
}

async function readKept(cacheDirectory: string, record: string): Promise<ChartArchive | undefined> {
  const digest = (await readIfPresent(record))?.toString('utf8') as Digest | undefined;
  if (digest === undefined) return undefined;
  const path = archivePath(cacheDirectory, digest);
  const content = await readIfPresent(path);
  return content !== undefined && digestOf(content) === digest ? { path, digest } : undefined;
}

function archivePath(cacheDirectory: string, digest: Digest): string {
  return join(cacheDirectory, 'archives', `${digest.slice('sha256:'.length)}.tgz`);
}

function recordPath({ source, cacheDirectory }: RemoteSourceOptions, { chart, version }: ChartName): string {
  const address = 'oci' in source ? source.oci : source.repository;
  const folder = digestOf(address.replace(/\/+$/, '')).slice('sha256:'.length, 'sha256:'.length + 16);
  return join(cacheDirectory, 'versions', folder, chart, version);
}

async function pullFailed(
  options: RemoteSourceOptions,
  name: ChartName,
  result: HelmResult,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<MeshwrightError> {
  const message = helmMessage(result);
  const versions = await knownVersions(options, name.chart, directory, signal).catch(() => undefined);
  if ('oci' in options.source && message.endsWith(': not found')) {
    return missing(`${describe(options)} has no ${shown(name)}.`, {
      remedy: 'Ask for a version that it has, and check the address of the registry.',
    });
  }
  if (versions === undefined) {
    return unavailable(`${describe(options)} did not give ${shown(name)}: ${message}`, {
      remedy: remedyFor(message),
    });
  }
  if (versions.length === 0) {
    return missing(`${describe(options)} has no chart "${name.chart}".`, {
      remedy: 'Check the source of the charts.',
    });
  }
  return missing(`${describe(options)} has no version ${name.version} of chart "${name.chart}".`, {
    remedy: `It has ${versions.slice(0, shownVersions).join(', ')}${versions.length > shownVersions ? ' and older ones' : ''}.`,
  });
}

/** The versions of a chart in a repository, newest first; undefined for a registry, which Helm cannot list. */
async function knownVersions(
  options: RemoteSourceOptions,
  chart: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<string[] | undefined> {
  if ('oci' in options.source) return undefined;
  const own = ownRepositories(directory);
  await askRepository(options, options.source.repository, directory, signal);
  const search = [
    'search',
    'repo',
    '--regexp',
    `\\vsource/${escapeForSearch(chart)}\\v`,
    '--versions',
    '--devel',
  ];
  const { outcome, stdout } = await options.helm.run([...search, '--output', 'json', ...own], {
    timeoutSeconds: 60,
    signal,
  });
  if (outcome !== 'done') return undefined;
  const rows = JSON.parse(stdout) as { name: string; version: string }[];
  return rows.filter((row) => row.name === `source/${chart}`).map((row) => row.version);
}

/** Helm marks the start and the end of a name with a vertical tab. */
function escapeForSearch(chart: string): string {
  return chart.replaceAll('.', '\\.');
}

async function askRepository(
  { helm }: RemoteSourceOptions,
  address: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const result = await helm.run(
    ['repo', 'add', 'source', address, '--force-update', ...ownRepositories(directory)],
    {
      timeoutSeconds: 60,
      signal,
    },
  );
  if (result.outcome === 'done') return `${address} answers`;
  const message = helmMessage(result);
  throw unavailable(`The chart repository ${address} cannot be used: ${message}`, {
    remedy: remedyFor(message),
  });
}

/** A registry that speaks the OCI distribution protocol answers `/v2/` with 200, or with 401 when it wants a token. */
async function askRegistry(address: string, signal: AbortSignal | undefined): Promise<string> {
  const url = new URL(address);
  const endpoint = `${isLoopback(url) ? 'http' : 'https'}://${url.host}/v2/`;
  const timeout = AbortSignal.timeout(30_000);
  try {
    const response = await fetch(endpoint, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    if (response.ok || response.status === 401) return `${url.host} answers`;
    throw new Error(`${endpoint} answered ${response.status}`);
  } catch (error) {
    signal?.throwIfAborted();
    const reason =
      error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    throw unavailable(
      `The chart registry ${url.host} cannot be used: ${reason}`,
      { remedy: remedyFor(reason) },
      error,
    );
  }
}

function ownRepositories(directory: string): string[] {
  return [
    '--repository-config',
    join(directory, 'repositories.yaml'),
    '--repository-cache',
    join(directory, 'index'),
  ];
}

function describe({ source }: RemoteSourceOptions): string {
  return 'oci' in source ? `The chart registry ${source.oci}` : `The chart repository ${source.repository}`;
}

function shown({ chart, version }: ChartName): string {
  return `chart ${chart} ${version}`;
}
