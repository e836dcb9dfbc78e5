import { describe, expect, it } from 'vitest';
import { fakeApi, sendJson } from './test-support/fake-api.ts';

const version = { gitVersion: 'v1.36.0' };

describe('Transport', () => {
  it('waits as long as the server asks when it is overloaded, then asks again', async () => {
    const times: number[] = [];
    const client = await fakeApi((_request, response) => {
      times.push(performance.now());
      if (times.length === 1) sendJson(response, 429, {}, { 'retry-after': '1' });
      else sendJson(response, 200, version);
    });
    expect(await client.version()).toBe('v1.36.0');
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
    expect(client.transport.limit.allowed).toBeLessThan(32);
  });

  it('asks again when the connection breaks', async () => {
    let asked = 0;
    const client = await fakeApi((request, response) => {
      asked += 1;
      if (asked === 1) request.socket.destroy();
      else sendJson(response, 200, version);
    });
    expect(await client.version()).toBe('v1.36.0');
  });

  it('tells of every attempt, also of those that are throttled or break', async () => {
    const told: object[] = [];
    const client = await fakeApi(
      (request, response) => {
        const [first, second] = [told.length === 0, told.length === 1];
        if (first) sendJson(response, 429, {});
        else if (second) request.socket.destroy();
        else sendJson(response, 200, version);
      },
      { metrics: { requested: ({ seconds, ...request }) => told.push({ ...request, timed: seconds > 0 }) } },
    );
    await client.version();
    const attempt = { cluster: 'fake', method: 'GET', timed: true };
    expect(told).toEqual([{ ...attempt, status: 429 }, attempt, { ...attempt, status: 200 }]);
  });

  it('takes credentials anew once when they are not accepted, and no second time', async () => {
    let asked = 0;
    const client = await fakeApi((_request, response) => {
      asked += 1;
      sendJson(response, 401, { reason: 'Unauthorized' });
    });
    await expect(client.version()).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    expect(asked).toBe(2);
  });

  it('uses the same connections for all requests', async () => {
    const ports = new Set<number | undefined>();
    const client = await fakeApi((request, response) => {
      ports.add(request.socket.remotePort);
      sendJson(response, 200, { items: [], metadata: { resourceVersion: '1' } });
    });
    for (let i = 0; i < 20; i += 1) await client.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('says which cluster it cannot reach, where it should be, and why', async () => {
    const client = await fakeApi((request) => request.socket.destroy());
    await expect(client.version()).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: `The cluster "fake" at ${client.address} cannot be reached: the connection broke.`,
    });
  });

  it('stops waiting when it is aborted', async () => {
    const client = await fakeApi((_request, response) =>
      sendJson(response, 429, {}, { 'retry-after': '20' }),
    );
    const stop = new AbortController();
    const list = client.list({ apiVersion: 'v1', kind: 'ConfigMap', signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(list).rejects.toThrow('enough');
  });

  it('reads no more of an answer than allowed', async () => {
    const client = await fakeApi((_request, response) => {
      response.end('x'.repeat(1000));
    });
    const request = { method: 'GET', path: '/', maxBytes: 100 } as const;
    await expect(client.transport.send(request)).rejects.toMatchObject({
      message: expect.stringContaining('larger than 100 bytes') as string,
    });
  });

  it('passes the answer of a pod on without asking twice', async () => {
    let asked = 0;
    const client = await fakeApi((request, response) => {
      asked += 1;
      expect(request.url).toBe('/api/v1/namespaces/ns/pods/p:15000/proxy/stats?format=json');
      if (asked === 1) response.writeHead(503).end('not yet');
      else response.end('stats');
    });
    const request = { namespace: 'ns', pod: 'p', port: 15000, path: '/stats?format=json' };
    await expect(client.getFromPod(request)).rejects.toThrow('not yet');
    expect(await client.getFromPod(request)).toBe('stats');
    expect(asked).toBe(2);
  });

  it.each([401, 403, 404, 500])(
    'says that the pod refused when it answers %i, and asks it once',
    async (status) => {
      let asked = 0;
      const client = await fakeApi((_request, response) => {
        asked += 1;
        response.writeHead(status).end('RBAC: access denied');
      });
      await expect(
        client.getFromPod({ namespace: 'ns', pod: 'p', port: 80, path: '/' }),
      ).rejects.toMatchObject({
        code: 'API_REFUSED',
        message: `Pod ns/p on the cluster "fake" answered ${status}: RBAC: access denied`,
      });
      expect(asked).toBe(1);
    },
  );

  it('says that the cluster refused when the API server does not let a pod be asked', async () => {
    const client = await fakeApi((_request, response) => {
      sendJson(response, 403, {
        kind: 'Status',
        reason: 'Forbidden',
        message: 'User "u" cannot get resource "pods/proxy" in API group "" in the namespace "ns"',
      });
    });
    const request = { namespace: 'ns', pod: 'p', port: 80, path: '/' };
    await expect(client.getFromPod(request)).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
  });

  it('asks once more when an answer does not come in time, for the work may be done', async () => {
    const done: string[] = [];
    const client = await fakeApi((request, response) => {
      done.push(request.method ?? '');
      if (done.length > 1) sendJson(response, 200, {});
    });
    const request = { method: 'PATCH', path: '/', body: '{}', timeoutMs: 50 } as const;
    expect(await client.transport.send(request)).toMatchObject({ status: 200 });
    expect(done).toEqual(['PATCH', 'PATCH']);
  });

  it('gives up when an answer never comes', async () => {
    const client = await fakeApi(() => undefined);
    await expect(client.transport.send({ method: 'GET', path: '/', timeoutMs: 50 })).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('its answer took too long') as string,
    });
  });

  it('tries a failure of the server again, but not an object that it cannot read', async () => {
    let asked = 0;
    const client = await fakeApi((_request, response) => {
      asked += 1;
      if (asked === 1) sendJson(response, 500, { kind: 'Status', message: 'Internal error occurred' });
      else sendJson(response, 500, { kind: 'Status', message: 'failed to create typed patch object' });
    });
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'ns' } };
    await expect(client.apply(object)).rejects.toMatchObject({ code: 'API_REFUSED' });
    expect(asked).toBe(2);
  });

  it('pages through a list and begins again when the token to continue expired', async () => {
    let expired = false;
    const client = await fakeApi((request, response) => {
      const next = new URL(request.url ?? '', 'http://x').searchParams.get('continue');
      const item = (name: string) => ({ metadata: { name } });
      if (next === null) {
        sendJson(response, 200, { metadata: { continue: 'two', resourceVersion: '7' }, items: [item('a')] });
      } else if (!expired) {
        expired = true;
        sendJson(response, 410, { reason: 'Expired' });
      } else {
        sendJson(response, 200, { metadata: { resourceVersion: '7' }, items: [item('b')] });
      }
    });
    const objects = await client.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(objects.map(({ metadata, kind }) => [kind, metadata.name])).toEqual([
      ['ConfigMap', 'a'],
      ['ConfigMap', 'b'],
    ]);
  });

  it('lists nothing of a kind that is not served', async () => {
    const client = await fakeApi((_request, response) => sendJson(response, 500, {}));
    expect(await client.list({ apiVersion: 'x.example/v1', kind: 'Nothing' })).toEqual([]);
    expect(await client.get({ apiVersion: 'x.example/v1', kind: 'Nothing', name: 'a' })).toBeUndefined();
  });

  it('refuses names that would lead out of their path', async () => {
    const client = await fakeApi((_request, response) => sendJson(response, 200, {}));
    for (const name of ['..', '.', 'a/b', 'a%2fb', '']) {
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns', name };
      await expect(client.get(reference)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });
});
