import type { ChartRequest, KubernetesObject } from '@meshwright/model';
import { digestOfJson } from '@meshwright/evidence';
import type { Logger } from '@meshwright/telemetry';
import { openDirectorySource } from './directory-source.ts';
import type { Patience } from './download.ts';
import { type Helm, openHelm, requireHelm } from './helm.ts';
import type { ChartDigests } from './pins.ts';
import { openChartRegistry } from './registry.ts';
import { openRemoteSource } from './remote-source.ts';
import { openChartRepository } from './repository.ts';
import { openRenderCache, renderKey } from './render-cache.ts';
import { parseRendered } from './rendered.ts';
import { checkRequest } from './request.ts';
import { type ChartArchive, type ChartArchives, type ChartSource, checkSource } from './source.ts';
import { renderFailed } from './failures.ts';
import { shareWork } from './shared-work.ts';

export interface ChartsOptions {
  /** The binary: `helm` to look on the PATH, or a path. Helm 4 or newer. */
  helm: string;
  /** Everything kept between runs: archives, rendered objects, Helm's own homes. Readable by its owner alone. */
  cacheDirectory: string;
  source: ChartSource;
  /** What is pinned; nothing when not given. */
  digests?: ChartDigests;
  /** How long a repository or registry may take: ten seconds to connect and a minute in all, when not given. */
  patience?: Patience;
  /** Milliseconds since the epoch; the clock of this machine when not given. */
  now?: () => number;
  /** Hears of hooks, and of what was taken from the cache and why. */
  logger?: Pick<Logger, 'info' | 'warn'>;
}

export interface ChartsAvailability {
  /** Such as `v4.2.4`. */
  helm: string;
  /** The source, what was found there, and what of it is pinned; for people. */
  source: string;
}

/** Charts of one source. */
export interface Charts {
  /**
   * The objects a chart renders, in Helm's order, with the namespaces the chart wrote. Tests and the hooks of deletion
   * and rollback are left out, since there is no such moment here; other hooks stay, with their annotation.
   * Rendering the same again, or several times at once, takes no more of Helm, and gives each caller objects of its own;
   * a chart that was pulled once is rendered while its repository is down.
   * @throws MeshwrightError INVALID_INPUT, PREREQUISITE_MISSING, CHART_UNAVAILABLE, CHART_MISSING, CHART_REFUSED,
   *   CHART_RENDER_FAILED.
   */
  template(request: ChartRequest, options?: { signal?: AbortSignal }): Promise<KubernetesObject[]>;
  /**
   * Asks whether Helm and the source can be used now.
   * @throws MeshwrightError PREREQUISITE_MISSING or CHART_UNAVAILABLE with the remedy; CHART_REFUSED when what is pinned
   *   is another there, and not in the cache either; CHART_MISSING when it is not in its directory.
   */
  available(options?: { signal?: AbortSignal }): Promise<ChartsAvailability>;
}

const templateTimeoutSeconds = 120;
/** How long the version of Helm counts as known: a plan renders several charts, and Helm takes a while to start. */
const helmKnownMs = 60_000;

/**
 * Opens the charts of a source; nothing is read before the first call.
 * @throws MeshwrightError INVALID_CONFIGURATION when the source is not one.
 */
export function openCharts(options: ChartsOptions): Charts {
  checkSource(options.source);
  const { cacheDirectory, logger } = options;
  const helm = openHelm({ helm: options.helm, directory: cacheDirectory });
  const versionOf = rememberVersion();
  const archives = openArchives(options, helm);
  const cache = openRenderCache(cacheDirectory);
  const renderings = shareWork<string>();
  const render = async (request: ChartRequest, signal: AbortSignal): Promise<string> => {
    const [helmVersion, archive] = await Promise.all([
      versionOf(helm, signal),
      archives.find(request.chart, request.version, signal),
    ]);
    const key = renderKey({ archive: archive.digest, request, helm: helmVersion });
    const known = await cache.read(key);
    if (known !== undefined) return known;
    const text = await runTemplate(helm, archive, request, signal);
    const { objects, dropped, hooks } = await parseRendered(text, request);
    if (dropped.length > 0) logger?.info({ chart: request.chart, dropped }, 'hooks of a chart left out');
    if (hooks.length > 0)
      logger?.warn({ chart: request.chart, hooks }, 'hooks of a chart are ordinary objects');
    return cache.write(key, objects);
  };
  return {
    async template(request, { signal } = {}) {
      checkRequest(request);
      // The stages of a plan are rendered at once, and several take the same chart.
      const key = digestOfJson(request);
      const rendered = await renderings.join(key, (shared) => render(request, shared), signal);
      return JSON.parse(rendered) as KubernetesObject[];
    },
    async available({ signal } = {}) {
      return { helm: await requireHelm(helm, signal), source: await archives.available(signal) };
    },
  };
}

function rememberVersion(): typeof requireHelm {
  let known: { version: Promise<string>; until: number } | undefined;
  return async (helm, signal) => {
    signal?.throwIfAborted();
    if (known === undefined || Date.now() >= known.until) {
      // Charts that are rendered at once share this call, so it is nobody's to cancel.
      known = { version: requireHelm(helm, undefined), until: Date.now() + helmKnownMs };
      known.version.catch(() => (known = undefined));
    }
    const version = await known.version;
    signal?.throwIfAborted();
    return version;
  };
}

const defaultPatience: Patience = { connectMs: 10_000, totalMs: 60_000 };

function openArchives(options: ChartsOptions, helm: Helm): ChartArchives {
  const { source, digests = {}, cacheDirectory, patience = defaultPatience, now = Date.now } = options;
  if ('directory' in source)
    return openDirectorySource({ directory: source.directory, digests, cacheDirectory, helm });
  const logged = options.logger === undefined ? {} : { logger: options.logger };
  const remote =
    'oci' in source
      ? openChartRegistry({ oci: source.oci, cacheDirectory, helm, patience })
      : openChartRepository({ repository: source.repository, cacheDirectory, patience, now, ...logged });
  return openRemoteSource({ remote, digests, cacheDirectory, ...logged });
}

async function runTemplate(
  helm: Helm,
  archive: ChartArchive,
  request: ChartRequest,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { releaseName, namespace, kubeVersion, apiVersions, includeCrds, values } = request;
  const result = await helm.run(
    [
      'template',
      releaseName,
      archive.path,
      '--namespace',
      namespace,
      '--kube-version',
      kubeVersion,
      ...apiVersions.flatMap((apiVersion) => ['--api-versions', apiVersion]),
      includeCrds ? '--include-crds' : '--skip-crds',
      '--skip-tests',
      // Values travel by standard input, so that no secret among them is left in a file.
      '--values',
      '-',
    ],
    { timeoutSeconds: templateTimeoutSeconds, input: JSON.stringify(values), signal },
  );
  if (result.outcome !== 'done') throw renderFailed(request, result);
  return result.stdout;
}
