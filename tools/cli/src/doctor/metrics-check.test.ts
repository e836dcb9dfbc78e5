import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@meshwright/telemetry';
import { createMetrics, serveMetrics } from '@meshwright/telemetry/metrics';
import { expect, it } from 'vitest';
import { metricsCheck } from './metrics-check.ts';

const { signal } = new AbortController();
const logger = createLogger({ name: 'test', level: 'silent' });

function lookAt(port: number): Promise<object> | undefined {
  return metricsCheck({ metrics: { listen: { host: '0.0.0.0', port } } })[0]?.look(signal);
}

it('is not there where no metrics are served', () => {
  expect(metricsCheck({})).toEqual([]);
});

it('finds a running engine with its version, and skips one that is not running', async () => {
  const metrics = createMetrics({ version: '1.2.3' });
  const endpoint = await serveMetrics({ listen: { host: '127.0.0.1', port: 0 }, metrics, logger });
  const port = Number(new URL(endpoint.url).port);
  expect(await lookAt(port)).toEqual({ found: `http://127.0.0.1:${port}/metrics, Meshwright 1.2.3` });
  await endpoint.stop();
  expect(await lookAt(port)).toMatchObject({
    skipped: expect.stringContaining('no engine runs here') as string,
  });
  expect(await lookAt(0)).toMatchObject({ skipped: expect.stringContaining('port 0') as string });
});

it('says that something else is at that address', async () => {
  const other = createServer((_request, response) => response.end('up 1\n')).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  await expect(lookAt((other.address() as AddressInfo).port)).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining('not Meshwright') as string,
  });
  other.close();
});
