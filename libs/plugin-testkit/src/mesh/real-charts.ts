import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// eslint-disable-next-line @nx/enforce-module-boundaries -- A test stands where the engine does: it hands the plugin a real port.
import { openCharts } from '@meshwright/charts';
import type { ChartsPort } from '@meshwright/plugin-sdk';

/**
 * A mesh's own charts, rendered by Helm.
 * @param variable of the environment, which the global setup of the tests gives the directory of the charts.
 */
export async function realCharts(variable: string): Promise<ChartsPort> {
  return openCharts({
    helm: setting('MESHWRIGHT_TEST_HELM'),
    cacheDirectory: await mkdtemp(join(tmpdir(), 'charts-')),
    source: { directory: setting(variable) },
  });
}

function setting(name: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new Error(`${name} is not set: run the integration tests through "npm test".`);
}
