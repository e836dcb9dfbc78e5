import { join } from 'node:path';
import { readFile, readdir, stat } from 'node:fs/promises';
import { MeshwrightError } from '@meshwright/model';
import { maximumArchiveBytes } from './archive-store.ts';
import { download, type Patience } from './download.ts';
import { helmMessage, missing, remedyFor, unavailable } from './failures.ts';
import { withWorkDirectory } from './files.ts';
import type { Helm, HelmResult } from './helm.ts';
import { type ChartName, shown } from './pins.ts';
import type { Remote } from './remote-source.ts';
import { isLoopback } from './source.ts';

export interface RegistryOptions {
  oci: string;
  cacheDirectory: string;
  helm: Helm;
  patience: Patience;
}

/** A folder of an OCI registry, which Helm pulls from: it knows how registries hand out their tokens. */
export function openChartRegistry(options: RegistryOptions): Remote {
  const address = options.oci.replace(/\/+$/, '');
  const where = `the chart registry ${address}`;
  return {
    address,
    where,
    pull: (name, _kept, signal) => pull(options, { name, address, where }, signal),
    async ask(signal) {
      await askRegistry(address, options.patience, signal);
      return () => undefined;
    },
  };
}

interface Wanted {
  name: ChartName;
  address: string;
  where: string;
}

async function pull(
  { cacheDirectory, helm, patience }: RegistryOptions,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const { name, address, where } = wanted;
  return withWorkDirectory(cacheDirectory, async (directory) => {
    const result = await helm.run(
      [
        'pull',
        `${address}/${name.chart}`,
        '--version',
        name.version,
        ...(isLoopback(new URL(address)) ? ['--plain-http'] : []),
        '--destination',
        directory,
        // A content cache of its own, so that Helm really asks and never answers from an earlier pull.
        '--content-cache',
        join(directory, 'content'),
      ],
      { timeoutSeconds: patience.totalMs / 1000, signal },
    );
    if (result.outcome !== 'done') throw pullFailed(wanted, result, patience);
    const file = (await readdir(directory)).find((entry) => entry.endsWith('.tgz'));
    if (file === undefined)
      throw unavailable(`${shown(name)} of ${where} came without an archive.`, {
        remedy: 'Check that it is a chart, and not another artifact.',
      });
    const path = join(directory, file);
    if ((await stat(path)).size > maximumArchiveBytes) {
      throw new MeshwrightError('CHART_REFUSED', `${shown(name)} of ${where} is larger than 64 MiB.`);
    }
    return readFile(path);
  });
}

function pullFailed({ name, where }: Wanted, result: HelmResult, { totalMs }: Patience): MeshwrightError {
  if (result.outcome === 'timed-out') {
    const reason = `it took too long, and was left after ${totalMs / 1000} seconds`;
    return unavailable(`${shown(name)} of ${where} did not come: ${reason}.`, { remedy: remedyFor(reason) });
  }
  const message = helmMessage(result);
  if (message.endsWith(': not found')) {
    return missing(`There is no version ${name.version} of chart "${name.chart}" in ${where}.`, {
      remedy: 'Ask for a version that it has, and check the address of the registry.',
    });
  }
  return unavailable(`${shown(name)} of ${where} did not come: ${message}`, { remedy: remedyFor(message) });
}

/** A registry that speaks the OCI distribution protocol answers `/v2/` with 200, or with 401 when it wants a token. */
async function askRegistry(
  address: string,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<void> {
  const url = new URL(address);
  const endpoint = new URL(`${isLoopback(url) ? 'http' : 'https'}://${url.host}/v2/`);
  const what = `An answer of the chart registry ${url.host}`;
  const answer = await download(
    { what, url: endpoint, maximumBytes: maximumGreetingBytes, acceptsUnauthorized: true, signal },
    patience,
  );
  if (answer.state === 'absent') {
    throw unavailable(`${url.host} is no chart registry: it has no /v2/.`, {
      remedy: 'Check the address of the chart source.',
    });
  }
}

const maximumGreetingBytes = 1024 * 1024;
