import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ISTIO_UPGRADE_VERSION, ISTIO_VERSION } from './catalogue.ts';
import type { PartContext } from './context.ts';
import { partContext, type EnsureOptions } from './ensure.ts';
import { goModuleSource } from './go-build.ts';
import { madeOnce } from './made-once.ts';
import { makeWritable } from './writable.ts';

/** Istio's charts by the names they are published under, and where they lie in its source. */
const CHARTS = {
  base: 'base',
  istiod: 'istio-control/istio-discovery',
  cni: 'istio-cni',
  ztunnel: 'ztunnel',
  gateway: 'gateway',
} as const;

/** Those of the charts that `istioctl install` with the profile `minimal` reads. */
const ISTIOCTL_CHARTS = [CHARTS.base, CHARTS.istiod, 'default'];

const BOOTSTRAP = 'tools/packaging/common/envoy_bootstrap.json';
/** Part of the directory's name: a later layout must not find the files of an earlier one. */
const LAYOUT = 'charts-of-two-versions-and-istioctl';

/**
 * A directory with Istio's charts `base`, `istiod`, `cni`, `ztunnel` and `gateway`, taken from the pinned Go module: each
 * in a folder of its name with the testbed's Istio version, and once more as `<chart>-<version>` for upgrades, which is
 * the same source under the number of `ISTIO_UPGRADE_VERSION`.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` without a Go toolchain or a module proxy.
 */
export async function istioCharts(options: EnsureOptions = {}): Promise<string> {
  return join(await istioFiles(partContext(options)), 'charts');
}

/**
 * A directory for `istioctl install --manifests`, with the testbed's Istio version in its charts: a released istioctl
 * carries that, and one built from source a placeholder.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` without a Go toolchain or a module proxy.
 */
export async function istioctlManifests(options: EnsureOptions = {}): Promise<string> {
  return join(await istioFiles(partContext(options)), 'istioctl');
}

/** The path of Istio's template of Envoy's bootstrap configuration (`packaging/common/envoy_bootstrap.json`). */
export async function envoyBootstrap(context: PartContext): Promise<string> {
  return join(await istioFiles(context), 'envoy_bootstrap.json');
}

/** What the testbed takes of Istio's source. */
function istioFiles(context: PartContext): Promise<string> {
  return madeOnce({ kind: 'istio-files', name: `${ISTIO_VERSION}-${LAYOUT}` }, context, async (directory) => {
    await copyFiles(await goModuleSource('istio', 'istio.io/istio', context), directory);
  });
}

/**
 * A directory with the CRDs of the Gateway API's standard channel, of the release that the testbed's Istio is built with.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` without a Go toolchain or a module proxy.
 */
export async function gatewayApiDefinitions(options: EnsureOptions = {}): Promise<string> {
  const source = await goModuleSource('istio', 'sigs.k8s.io/gateway-api', partContext(options));
  return join(source, 'config', 'crd', 'standard');
}

async function copyFiles(source: string, to: string): Promise<void> {
  await mkdir(join(to, 'charts'), { recursive: true });
  for (const [name, folder] of Object.entries(CHARTS)) {
    const chart = join(source, 'manifests', 'charts', folder);
    await copyChart(chart, join(to, 'charts', name), ISTIO_VERSION);
    await copyChart(chart, join(to, 'charts', `${name}-${ISTIO_UPGRADE_VERSION}`), ISTIO_UPGRADE_VERSION);
  }
  for (const folder of ISTIOCTL_CHARTS) {
    const chart = join('charts', folder);
    await copyChart(join(source, 'manifests', chart), join(to, 'istioctl', chart), ISTIO_VERSION);
  }
  const profiles = join(to, 'istioctl', 'profiles');
  await cp(join(source, 'manifests', 'profiles'), profiles, { recursive: true });
  await makeWritable(profiles);
  await copyFile(join(source, BOOTSTRAP), join(to, 'envoy_bootstrap.json'));
  await chmod(join(to, 'envoy_bootstrap.json'), 0o644);
}

async function copyChart(from: string, to: string, version: string): Promise<void> {
  await cp(from, to, { recursive: true });
  await makeWritable(to);
  await setVersion(join(to, 'Chart.yaml'), version);
}

/** The charts in the source carry a placeholder that Istio's release process replaces. */
async function setVersion(chartFile: string, version: string): Promise<void> {
  const text = await readFile(chartFile, 'utf8');
  const versioned = text
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^appVersion: .*$/m, `appVersion: ${version}`);
  await writeFile(chartFile, versioned);
}
