import { type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { waitUntilReady } from './readiness.ts';
import { fakeApi, sendJson } from './test-support/fake-api.ts';

const objects = ['ConfigMap', 'Secret'].map((kind) => ({
  apiVersion: 'v1',
  kind,
  namespace: 'ns',
  name: 'a',
}));

interface Asked {
  path: string;
  watches: boolean;
  accept: string;
}

/** A server with one object of each kind, but for those that are missing from their list; a watch tells of them. */
async function serverWithout(...missing: string[]) {
  const asked: Asked[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const path = pathname.slice(pathname.lastIndexOf('/') + 1);
    const watches = searchParams.get('watch') !== null;
    asked.push({ path, watches, accept: request.headers.accept ?? '' });
    const kind = path === 'secrets' ? 'Secret' : 'ConfigMap';
    const object = { apiVersion: 'v1', kind, metadata: { namespace: 'ns', name: 'a', resourceVersion: '2' } };
    const items = missing.includes(path) ? [] : [object];
    if (!watches) sendJson(response, 200, { metadata: { resourceVersion: '1' }, items });
    else if (items.length === 0) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    else response.flushHeaders();
  };
  return { client: await fakeApi(answer), asked };
}

it('opens no watch where everything is current in its list', async () => {
  const { client, asked } = await serverWithout();
  const report = await waitUntilReady(client, objects, { timeoutMs: 10_000 });
  expect(report.ready).toBe(true);
  expect(asked.map(({ path, watches }) => [path, watches]).sort()).toEqual([
    ['configmaps', false],
    ['secrets', false],
  ]);
});

it('watches everything, once all lists are seen, where one object is missing', async () => {
  const { client, asked } = await serverWithout('secrets');
  const report = await waitUntilReady(client, objects, { timeoutMs: 10_000 });
  expect(report.ready).toBe(true);
  const order = asked.map(({ watches }) => watches);
  expect(order.slice(0, 2)).toEqual([false, false]);
  expect(order.slice(2)).toContain(true);
  expect(asked.find(({ watches, path }) => watches && path === 'secrets')).toBeDefined();
});

it('does not read the content of what has no status', async () => {
  const { client, asked } = await serverWithout();
  await waitUntilReady(client, objects, { timeoutMs: 10_000 });
  for (const { accept } of asked) expect(accept).toContain('as=PartialObjectMetadataList');
});

it('watches what is there while another list does not come', async () => {
  const { promise: watched, resolve } = Promise.withResolvers<string>();
  const client = await fakeApi((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    if (pathname.endsWith('/secrets')) request.socket.destroy();
    else if (searchParams.get('watch') === null)
      sendJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
    else resolve(pathname);
  });
  const stop = new AbortController();
  const waiting = waitUntilReady(client, objects, { timeoutMs: 60_000, signal: stop.signal });
  expect(await watched).toContain('/configmaps');
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
