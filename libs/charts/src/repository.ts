import { digestOf } from '@meshwright/evidence';
import { type Digest, MeshwrightError } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { maximumArchiveBytes } from './archive-store.ts';
import { download, type Patience } from './download.ts';
import { missing, unavailable } from './failures.ts';
import type { IndexEntry } from './parse-index.ts';
import { type ChartName, shown } from './pins.ts';
import type { Remote } from './remote-source.ts';
import { type Listing, type RepositoryIndex, indexAddress, openRepositoryIndex } from './repository-index.ts';

export interface RepositoryOptions {
  repository: string;
  cacheDirectory: string;
  patience: Patience;
  now: () => number;
  logger?: Pick<Logger, 'warn'>;
}

/** A chart repository: an `index.yaml`, and archives where it says. */
export function openChartRepository(options: RepositoryOptions): Remote {
  const address = options.repository.replace(/\/+$/, '');
  const where = `the chart repository ${address}`;
  const index = openRepositoryIndex({ ...options, address });
  return {
    address,
    where,
    async pull(name, kept, signal) {
      const entry = await findEntry(index, { name, where, signal });
      if (kept !== undefined && digestIn(entry) === kept) return 'unchanged';
      return fetchArchive({ name, where, entry, address, patience: options.patience, signal });
    },
    async ask(signal) {
      const entries = await index.ask(signal);
      return (name) => {
        const entry = entryFor(entries, name);
        return entry === undefined ? undefined : digestIn(entry);
      };
    },
  };
}

interface Wanted {
  name: ChartName;
  where: string;
  signal: AbortSignal | undefined;
}

/** A version that a recent listing lacks may have been published since: the repository is asked again. */
async function findEntry(index: RepositoryIndex, wanted: Wanted): Promise<IndexEntry> {
  const { name, signal } = wanted;
  const first = await index.read({ again: false, signal });
  const entry = entryFor(first.entries, name);
  if (entry !== undefined) return entry;
  const listing = first.age === 'asked' ? first : await index.read({ again: true, signal });
  const found = entryFor(listing.entries, name);
  if (found === undefined) throw notListed(listing, wanted);
  return found;
}

/** As Helm does, `1.2.3` finds what is published as `v1.2.3`. */
function entryFor(entries: readonly IndexEntry[], { chart, version }: ChartName): IndexEntry | undefined {
  const versions = entries.filter((entry) => entry.chart === chart);
  return (
    versions.find((entry) => entry.version === version) ??
    versions.find((entry) => entry.version === `v${version}`)
  );
}

const shownVersions = 10;

function notListed({ entries, age }: Listing, { name, where }: Wanted): MeshwrightError {
  const { chart, version } = name;
  const versions = entries.filter((entry) => entry.chart === chart).map((entry) => entry.version);
  const what = versions.length === 0 ? `chart "${chart}"` : `version ${version} of chart "${chart}"`;
  if (age === 'old') {
    return unavailable(`The index of ${where} did not come, and the cached one has no ${what}.`, {
      remedy: 'Check that the repository is up and reachable from here.',
    });
  }
  if (versions.length === 0) {
    return missing(`There is no ${what} in ${where}.`, { remedy: 'Check the source of the charts.' });
  }
  const rest = versions.length > shownVersions ? ' and older ones' : '';
  return missing(`There is no ${what} in ${where}.`, {
    remedy: `It has ${versions.slice(0, shownVersions).join(', ')}${rest}.`,
  });
}

function digestIn({ sha256 }: IndexEntry): Digest | undefined {
  return sha256 === undefined ? undefined : `sha256:${sha256}`;
}

async function fetchArchive({
  name,
  where,
  entry,
  address,
  patience,
  signal,
}: Wanted & { entry: IndexEntry; address: string; patience: Patience }): Promise<Buffer> {
  const index = indexAddress(address);
  const what = `${shown(name)} of ${where}`;
  if (!URL.canParse(entry.url, index.href)) {
    throw new MeshwrightError('CHART_REFUSED', `The index gives no address for ${what}.`);
  }
  const url = new URL(entry.url, index);
  const answer = await download(
    { what, url, maximumBytes: maximumArchiveBytes, signal, from: index },
    patience,
  );
  if (answer.state !== 'whole') {
    throw missing(`${what} is listed, and not there.`, { remedy: 'Ask who runs the repository.' });
  }
  const digest = digestOf(answer.content);
  const listed = digestIn(entry);
  if (listed === undefined || listed === digest) return answer.content;
  throw new MeshwrightError(
    'CHART_REFUSED',
    `${what} is not the archive that its index lists: ${digest}, and the index says ${listed}.`,
    { remedy: 'Nothing of it was rendered. Ask who publishes it, or try again when the index was renewed.' },
  );
}
