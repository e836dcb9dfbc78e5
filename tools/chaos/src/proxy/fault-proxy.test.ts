import { Agent, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { answerOfPod } from '../run/injection.ts';
import { isApply, isInventoryWrite } from './requests.ts';

let upstream: Server;
let reached: string[];
let proxy: FaultProxy;

beforeEach(async () => {
  reached = [];
  upstream = createServer((request, response) => {
    reached.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume();
    request.on('end', () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}'),
    );
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const server = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  proxy = await startFaultProxy({ server, agent: new Agent({ keepAlive: true }) });
});
afterEach(async () => {
  await proxy.stop();
  upstream.closeAllConnections();
  upstream.close();
});

const settings = '/api/v1/namespaces/shop/configmaps/settings?fieldManager=meshwright';

function apply(path = settings): Promise<Response> {
  return fetch(proxy.url + path, {
    method: 'PATCH',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify({ kind: 'ConfigMap' }),
  });
}

describe('a request that nothing strikes', () => {
  it('is passed on with its answer, and a write is noted', async () => {
    const answer = await apply();
    expect([answer.status, await answer.json()]).toEqual([200, { done: true }]);
    expect(reached).toEqual([`PATCH ${settings}`]);
    expect(proxy.writes).toMatchObject([
      {
        resource: 'configmaps',
        namespace: 'shop',
        name: 'settings',
        fieldManager: 'meshwright',
        kind: 'ConfigMap',
        status: 200,
      },
    ]);
  });

  it('that is a dry run or a read is not noted', async () => {
    await apply(`${settings}&dryRun=All`);
    await fetch(proxy.url + settings);
    expect(proxy.writes).toEqual([]);
  });
});

describe('a rule', () => {
  it('strikes the nth request that matches, as often as it says, and no other', async () => {
    const { struck } = proxy.arm({
      matches: isApply,
      nth: 2,
      times: 2,
      strike: { kind: 'answer', status: 429 },
    });
    await fetch(proxy.url + settings);
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await apply()).status);
    expect(statuses).toEqual([200, 429, 429, 200]);
    expect(await struck).toMatchObject({ name: 'settings' });
  });

  it('that cuts before never lets the request reach the server', async () => {
    proxy.arm({ matches: isApply, nth: 1, strike: { kind: 'cut', when: 'before' } });
    await expect(apply()).rejects.toThrow();
    expect(reached).toEqual([]);
  });

  it('that cuts after lets the server do its work, and what is to happen first happens in between', async () => {
    const done: string[][] = [];
    const first = () => Promise.resolve(void done.push([...reached]));
    proxy.arm({ matches: isApply, nth: 1, strike: { kind: 'cut', when: 'after', first } });
    await expect(apply()).rejects.toThrow();
    expect(done).toEqual([[`PATCH ${settings}`]]);
    expect(proxy.writes).toMatchObject([{ status: 200 }]);
  });

  it('that is silent lets the server do its work and never answers', async () => {
    proxy.arm({ matches: isApply, nth: 1, strike: { kind: 'silence' } });
    const asked = new AbortController();
    const answer = fetch(proxy.url + settings, {
      method: 'PATCH',
      headers: { 'content-type': 'application/apply-patch+yaml' },
      signal: asked.signal,
    });
    while (reached.length === 0) await new Promise((resolve) => setImmediate(resolve));
    asked.abort();
    await expect(answer).rejects.toThrow();
  });

  it('that expires a watch answers with the event 410', async () => {
    proxy.arm({ matches: ({ watch }) => watch, nth: 1, strike: { kind: 'expire' } });
    const answer = await fetch(`${proxy.url}/api/v1/pods?watch=true&resourceVersion=1`);
    expect(JSON.parse(await answer.text())).toMatchObject({ type: 'ERROR', object: { code: 410 } });
    expect(reached).toEqual([]);
  });

  it('that was disarmed strikes nothing', async () => {
    proxy.arm({ matches: isApply, nth: 1, strike: { kind: 'answer', status: 500 } }).disarm();
    expect((await apply()).status).toBe(200);
  });
});

describe('an outage', () => {
  it('breaks every connection until it is over', async () => {
    const broke = proxy.goAway();
    await expect(apply()).rejects.toThrow();
    await broke;
    proxy.comeBack();
    expect((await apply()).status).toBe(200);
  });
});

describe('what pods would answer', () => {
  it('is answered by the proxy where it knows the answer', async () => {
    const { port } = upstream.address() as AddressInfo;
    const access = { server: new URL(`http://127.0.0.1:${port}`), agent: new Agent() };
    const answering = await startFaultProxy(access, answerOfPod);
    const pods = `${answering.url}/api/v1/namespaces/istio-system/pods/istiod-1:15014`;
    expect(await (await fetch(`${pods}/proxy/metrics`)).text()).toContain('pilot_xds');
    expect(await (await fetch(pods)).text()).toBe('{"done":true}');
    await answering.stop();
  });
});

describe('the path of a request', () => {
  it.each([
    ['/api/v1/namespaces/shop', { resource: 'namespaces', name: 'shop', namespace: undefined }],
    [
      '/apis/apps/v1/namespaces/shop/deployments/web',
      { resource: 'deployments', namespace: 'shop', name: 'web' },
    ],
    [
      '/apis/apps/v1/namespaces/shop/deployments/web/status',
      { resource: 'deployments/status', namespace: 'shop', name: 'web' },
    ],
    [
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a.b.io',
      { resource: 'customresourcedefinitions', namespace: undefined, name: 'a.b.io' },
    ],
  ])('%s says what it is about', async (path, expected) => {
    await fetch(proxy.url + path, { method: 'DELETE' });
    expect(proxy.writes).toMatchObject([expected]);
  });

  it('tells the inventory from other objects by its field manager', async () => {
    const { struck } = proxy.arm({
      matches: isInventoryWrite,
      nth: 1,
      strike: { kind: 'answer', status: 500 },
    });
    await apply();
    await apply('/api/v1/namespaces/meshwright-system/configmaps/shop?fieldManager=meshwright-inventory');
    expect(await struck).toMatchObject({ name: 'shop' });
  });
});
