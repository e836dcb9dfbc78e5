import { execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HttpRequest } from '@meshwright/plugin-sdk';
import { type Http, type HttpOptions, openHttp } from './http.ts';
import { testServer } from './test-support/server.ts';

const secret = 'token-51f2aa';

function open(options: HttpOptions = {}): Http {
  const http = openHttp(options);
  onTestFinished(() => http.close());
  return http;
}

const everyMethod: HttpRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

describe('a request', () => {
  it('is sent with its headers and body, and answered with lower-case headers', async () => {
    const server = await testServer((response) => {
      response.setHeader('X-Total', '7').setHeader('Link', ['<a>', '<b>']).end('héllo');
    });
    const body = new TextEncoder().encode('{"a":"ü"}');
    const answer = await open().send({
      method: 'POST',
      url: `${server.url}/a/b%2Fc?d=e`,
      headers: { authorization: `Bearer ${secret}` },
      body,
    });
    expect(answer).toMatchObject({
      status: 200,
      body: 'héllo',
      headers: { 'x-total': '7', link: '<a>, <b>' },
    });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/a/b%2Fc?d=e',
        body: '{"a":"ü"}',
        headers: { authorization: `Bearer ${secret}`, 'user-agent': 'meshwright' },
      },
    ]);
  });

  it.each(['ftp://example.org/', 'no address', `https://user:${secret}@example.org/`, 'file:///etc/passwd'])(
    'to %s is refused without showing the address',
    async (url) => {
      const sent = open().send({ method: 'GET', url });
      await expect(sent).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      await expect(sent).rejects.not.toThrow(secret);
    },
  );

  it.each(everyMethod)('%s that is told to come later comes again', async (method) => {
    for (const status of [429, 503, 403]) {
      const server = await testServer((response, _request, count) => {
        if (count === 1) response.writeHead(status, { 'retry-after': '0' }).end();
        else response.end('done');
      });
      expect((await open().send({ method, url: server.url })).body).toBe('done');
      expect(server.requests).toHaveLength(2);
    }
  });

  it.each(everyMethod)('%s that was lost comes again only where it has no other effect', async (method) => {
    const server = await testServer((response, _request, count) => {
      if (count === 1) response.socket?.destroy();
      else response.end('done');
    });
    const answer = open().send({ method, url: server.url });
    if (method === 'POST' || method === 'PATCH') {
      await expect(answer).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
      expect(server.requests).toHaveLength(1);
    } else {
      expect((await answer).body).toBe('done');
    }
  });

  it.each([429, 502, 503, 504])(
    'POST with the answer %i and no word of when is not made again',
    async (status) => {
      const server = await testServer((response) => response.writeHead(status).end());
      expect((await open().send({ method: 'POST', url: server.url })).status).toBe(status);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('waits until the rate limit begins anew, told as a moment or in seconds', async () => {
    const resets = [() => String(Math.floor(Date.now() / 1_000)), () => '0'];
    for (const reset of resets) {
      const server = await testServer((response, _request, count) => {
        if (count > 1) response.end('done');
        else response.writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset() }).end();
      });
      expect((await open().send({ method: 'PATCH', url: server.url })).body).toBe('done');
    }
  });

  it('is answered as the service answers where it would have to wait too long', async () => {
    const waits = [
      { 'retry-after': '3600' },
      { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000) + 3_600) },
    ];
    for (const headers of waits) {
      const server = await testServer((response) => response.writeHead(429, headers).end('later'));
      expect(await open().send({ method: 'GET', url: server.url })).toMatchObject({
        status: 429,
        body: 'later',
      });
      expect(server.requests).toHaveLength(1);
    }
  });

  it('is not made again for an ordinary 403 or an error of the service', async () => {
    for (const status of [400, 401, 403, 404, 422, 500]) {
      const server = await testServer((response) => {
        response.writeHead(status, { 'x-ratelimit-remaining': '59' }).end();
      });
      expect((await open().send({ method: 'GET', url: server.url })).status).toBe(status);
      expect(server.requests).toHaveLength(1);
    }
  });

  it('ends with the reason of its signal, also while it waits to come again', async () => {
    for (const headers of [{ 'retry-after': '20' }, undefined]) {
      const stopping = new AbortController();
      const server = await testServer((response) => {
        if (headers !== undefined) response.writeHead(429, headers).end();
        setImmediate(() => stopping.abort(new Error('stopped')));
      });
      const answer = open().send({ method: 'GET', url: server.url, signal: stopping.signal });
      await expect(answer).rejects.toThrow('stopped');
    }
  });

  it('after the client was closed fails', async () => {
    const server = await testServer((response) => response.end());
    const http = openHttp();
    await http.close();
    const sent = http.send({ method: 'GET', url: server.url });
    await expect(sent).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    await expect(sent).rejects.toThrow('the client was closed');
  });
});

describe('a redirect', () => {
  it('is followed on its origin with everything the request carries', async () => {
    for (const status of [301, 302, 307, 308]) {
      const server = await testServer((response, _request, count) => {
        if (count === 1) response.writeHead(status, { location: '/moved' }).end();
        else response.end('moved');
      });
      const headers = { authorization: secret };
      expect((await open().send({ method: 'GET', url: `${server.url}/a`, headers })).body).toBe('moved');
      expect(server.requests[1]).toMatchObject({ path: '/moved', headers });
    }
  });

  it('keeps the method and the body, or is not followed', async () => {
    for (const [status, followed] of [
      [301, false],
      [302, false],
      [303, false],
      [307, true],
      [308, true],
    ] as const) {
      const server = await testServer((response, _request, count) => {
        if (count === 1) response.writeHead(status, { location: '/moved' }).end();
        else response.end('moved');
      });
      const answer = await open().send({ method: 'POST', url: server.url, body: 'text' });
      expect(answer.status).toBe(followed ? 200 : status);
      if (followed) expect(server.requests[1]).toMatchObject({ method: 'POST', body: 'text' });
      else expect(server.requests).toHaveLength(1);
    }
  });

  it('to another origin is never followed', async () => {
    const other = await testServer((response) => response.end('stolen'));
    const server = await testServer((response) =>
      response.writeHead(302, { location: `${other.url}/x` }).end(),
    );
    const headers = { authorization: secret };
    expect((await open().send({ method: 'GET', url: server.url, headers })).status).toBe(302);
    expect(other.requests).toEqual([]);
  });

  it('that never ends is left', async () => {
    const server = await testServer((response) => response.writeHead(302, { location: '/' }).end());
    expect((await open().send({ method: 'GET', url: server.url })).status).toBe(302);
    expect(server.requests).toHaveLength(6);
  });
});

describe('an error', () => {
  it('names the origin and the reason, and nothing that may be secret', async () => {
    const logger = { warn: vi.fn() };
    const url = `http://127.0.0.1:1/hooks/${secret}?token=${secret}`;
    const headers = { authorization: `Bearer ${secret}` };
    const sent = open({ logger }).send({ method: 'GET', url, headers, body: secret });
    await expect(sent).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: 'The service at http://127.0.0.1:1 gave no answer: the connection was refused.',
      details: { remedy: expect.any(String) as string },
    });
    const error: unknown = await sent.catch((reason: unknown) => reason);
    expect(JSON.stringify([error, (error as Error).stack, (error as Error).cause])).not.toContain(secret);
    expect(logger.warn).toHaveBeenCalledTimes(3);
    expect(JSON.stringify(logger.warn.mock.calls)).not.toContain(secret);
  });

  it('never quotes a header that cannot be sent', async () => {
    const headers = { authorization: `Bearer ${secret}\r\nx: y` };
    const sent = open().send({ method: 'GET', url: 'http://127.0.0.1:1/', headers });
    await expect(sent).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    await expect(sent).rejects.not.toThrow(secret);
  });
});

describe('TLS', () => {
  it('is verified whatever the environment says, and works with a known authority', async () => {
    const { key, cert } = await selfSigned();
    const server = await testServer((response) => response.end('safe'), { key, cert });
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const sent = open().send({ method: 'GET', url: server.url });
    await expect(sent).rejects.toThrow('certificate is not trusted');
    await expect(sent).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      details: { remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string },
    });
    expect(server.requests).toEqual([]);
    expect((await open({ ca: cert }).send({ method: 'GET', url: server.url })).body).toBe('safe');
  });
});

describe('whatever a service does', () => {
  const behaviour = fc.record({
    status: fc.constantFrom(200, 302, 403, 429, 500, 502, 503),
    headers: fc.dictionary(
      fc.constantFrom('retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'location'),
      fc.constantFrom('0', '1', '-1', '99999999999999999999', 'soon', '/'),
    ),
    bytes: fc.integer({ min: 0, max: 4_000 }),
    declared: fc.boolean(),
    ending: fc.constantFrom('ends', 'drips', 'hangs', 'breaks', 'silent'),
  });

  it('no more than the limit is read, and it is over in time', { timeout: 120_000 }, async () => {
    const limits = { bodyBytes: 1_000, silenceMs: 100, attemptMs: 200, totalMs: 600, waitMs: 500 };
    const http = open({ limits });
    let current: (response: ServerResponse) => void = () => undefined;
    const server = await testServer((response) => current(response));
    await fc.assert(
      fc.asyncProperty(behaviour, fc.constantFrom(...everyMethod), async (how, method) => {
        current = (response) => misbehave(response, how);
        const startedAt = performance.now();
        const answer = await http.send({ method, url: server.url }).catch((error: unknown) => error);
        expect(performance.now() - startedAt).toBeLessThan(limits.totalMs + limits.attemptMs + 2_000);
        if (answer instanceof Error) expect(answer).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
        else expect((answer as { body: string }).body.length).toBeLessThanOrEqual(limits.bodyBytes);
      }),
      { numRuns: 60 },
    );
  });

  function misbehave(
    response: ServerResponse,
    { status, headers, bytes, declared, ending }: typeof behaviour extends fc.Arbitrary<infer T> ? T : never,
  ): void {
    if (ending === 'silent') return;
    const length = declared ? { 'content-length': String(bytes + (ending === 'ends' ? 0 : 1)) } : {};
    response.writeHead(status, { ...headers, ...length });
    response.write('a'.repeat(bytes));
    if (ending === 'ends') response.end();
    if (ending === 'breaks') response.socket?.destroy();
    if (ending !== 'drips') return;
    const drip = setInterval(() => response.write(''.padEnd(declared ? 0 : 1, 'a')), 20);
    response.on('close', () => clearInterval(drip));
  }
});

async function selfSigned(): Promise<{ key: string; cert: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'http-tls-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const what = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await promisify(execFile)('openssl', [...what, ...names, '-keyout', key, '-out', cert]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}
