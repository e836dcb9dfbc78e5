import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// eslint-disable-next-line @nx/enforce-module-boundaries -- The test stands where the engine does: it hands the plugin a real port.
import { openCharts } from '@meshwright/charts';
import type { PluginContext } from '@meshwright/plugin-sdk';
import { fakeContext } from '@meshwright/plugin-testkit';

/** A context with Istio's own charts, rendered by Helm: both named by the tests' global setup. */
export async function contextWithRealCharts(): Promise<PluginContext> {
  const charts = openCharts({
    helm: setting('MESHWRIGHT_TEST_HELM'),
    cacheDirectory: await mkdtemp(join(tmpdir(), 'mesh-istio-')),
    source: { directory: setting('MESHWRIGHT_TEST_ISTIO_CHARTS') },
  });
  return { ...fakeContext(), charts };
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run the integration tests through "npm test".`);
  return value;
}
