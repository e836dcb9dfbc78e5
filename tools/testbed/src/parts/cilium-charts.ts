import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { CILIUM_PREVIOUS_VERSION, CILIUM_VERSION } from './catalogue.ts';
import { partContext, type EnsureOptions } from './ensure.ts';
import { goModuleSource } from './go-build.ts';
import { madeOnce } from './made-once.ts';
import { makeWritable } from './writable.ts';

const MODULE = 'github.com/cilium/cilium';
const CHART = join('install', 'kubernetes', 'cilium');

/**
 * A directory with Cilium's own chart as `cilium-<version>`, of the testbed's version and of the minor version before it,
 * for upgrades: both are releases, taken from Cilium's Go module.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` without a Go toolchain or a module proxy.
 */
export async function ciliumCharts(options: EnsureOptions = {}): Promise<string> {
  const context = partContext(options);
  const versions = [CILIUM_PREVIOUS_VERSION, CILIUM_VERSION];
  const directory = { kind: 'cilium-charts', name: versions.join('-') };
  return madeOnce(directory, context, async (to) => {
    for (const version of versions) {
      const source = await goModuleSource('cilium', `${MODULE}@v${version}`, context);
      const chart = join(to, `cilium-${version}`);
      await cp(join(source, CHART), chart, { recursive: true });
      await makeWritable(chart);
    }
  });
}
