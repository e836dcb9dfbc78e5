import { createServer, type AddressInfo } from 'node:net';
import { createLogger } from '@meshwright/telemetry';
import { expect, it } from 'vitest';
import { loadWorkerSdk, serveSdkMetrics } from './runtime.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

it('the metrics of the SDK are refused at an address that is taken, until it is free, and once workers run', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const listen = { host: '127.0.0.1', port: (other.address() as AddressInfo).port };
  serveSdkMetrics(listen);
  await expect(loadWorkerSdk(logger)).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining(String(listen.port)) as string,
  });
  await new Promise((resolve) => other.close(resolve));
  await loadWorkerSdk(logger);
  expect((await fetch(`http://127.0.0.1:${listen.port}/metrics`)).status).toBe(200);
  expect(() => serveSdkMetrics(listen)).toThrow('from the start of a process');
});
