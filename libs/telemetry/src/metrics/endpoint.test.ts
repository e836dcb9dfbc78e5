import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { createLogger } from '../logger.ts';
import { createMetrics } from './create.ts';
import { type MetricsEndpoint, type MetricsEndpointOptions, serveMetrics } from './endpoint.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const listen = { host: '127.0.0.1', port: 0 };
const started: MetricsEndpoint[] = [];

async function serve(more: Partial<MetricsEndpointOptions> = {}): Promise<MetricsEndpoint> {
  const endpoint = await serveMetrics({ listen, metrics: createMetrics({ version: '1' }), logger, ...more });
  started.push(endpoint);
  return endpoint;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((endpoint) => endpoint.stop()));
});

it('answers a scraper in the text format of Prometheus', async () => {
  const { url } = await serve();
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toContain('# TYPE meshwright_build_info gauge');
});

it('has nothing else, and takes nothing', async () => {
  const { url } = await serve();
  expect((await fetch(new URL('/', url))).status).toBe(404);
  expect((await fetch(new URL('/metrics/../secrets', url))).status).toBe(404);
  expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

it('goes on when metrics cannot be written once', async () => {
  let fails = true;
  const text = (): Promise<string> => (fails ? Promise.reject(new Error('no')) : Promise.resolve('up 1\n'));
  const { url } = await serve({ metrics: { text, contentType: 'text/plain' } });
  expect((await fetch(url)).status).toBe(500);
  fails = false;
  expect(await (await fetch(url)).text()).toBe('up 1\n');
});

it('says that its address is taken', async () => {
  const { url } = await serve();
  const port = Number(new URL(url).port);
  await expect(serve({ listen: { ...listen, port } })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining(String(port)) as string,
  });
});

it('lets go of its address when it stops, whoever is still connected', async () => {
  const endpoint = await serve();
  const socket = connect(Number(new URL(endpoint.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await endpoint.stop();
  await closed;
  await expect(fetch(endpoint.url)).rejects.toThrow();
});
