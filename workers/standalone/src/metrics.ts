import { readFile } from 'node:fs/promises';
import type { MetricsConfig } from '@meshwright/config';
import type { Logger, Metrics } from '@meshwright/telemetry';
import { serveSdkMetrics } from '@meshwright/temporal';

/** The metrics of this process, and where they are served. */
export interface ServedMetrics {
  metrics: Metrics;
  url: string;
  stop(): Promise<void>;
}

/**
 * Records metrics and serves them; to be called before the first worker is started. The library is loaded only here.
 * @throws MeshwrightError INVALID_CONFIGURATION when the address cannot be listened on.
 */
export async function startMetrics(
  { listen, temporal }: MetricsConfig,
  logger: Logger,
): Promise<ServedMetrics> {
  const { createMetrics, serveMetrics } = await import('@meshwright/telemetry/metrics');
  const metrics = createMetrics({ version: await ownVersion(), process: true });
  const endpoint = await serveMetrics({ listen, metrics, logger });
  if (temporal !== undefined) serveSdkMetrics(temporal);
  return { metrics, url: endpoint.url, stop: () => endpoint.stop() };
}

async function ownVersion(): Promise<string> {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
