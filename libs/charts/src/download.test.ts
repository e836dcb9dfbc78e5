import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download, type DownloadRequest } from './download.ts';
import { serveEndlessly, serveSlowly, type TestServer } from './test-support/repository.ts';

const patience = { connectMs: 5_000, totalMs: 30_000 };
const impatience = { connectMs: 300, totalMs: 300 };

function request(url: string, overrides: Partial<DownloadRequest> = {}): DownloadRequest {
  return { what: 'The index', url: new URL(url), maximumBytes: 1024, ...overrides };
}

async function serving(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function opened(opening: Promise<TestServer>): Promise<string> {
  const server = await opening;
  onTestFinished(() => server.close());
  return `http://${server.host}`;
}

describe('a download', () => {
  it.each(['silent', 'drips'] as const)(
    'from a server that %s is left in time, and may be tried again',
    async (manner) => {
      const url = await opened(serveSlowly(manner));
      await expect(download(request(url, { maximumBytes: 2 ** 30 }), impatience)).rejects.toMatchObject({
        code: 'CHART_UNAVAILABLE',
        retryable: true,
        message: expect.stringContaining('took too long, and was left after 0.3 seconds') as string,
        details: { remedy: expect.stringContaining('up and reachable') as string },
      });
    },
  );

  it('without an end is refused as soon as it is too large', async () => {
    const url = await opened(serveEndlessly());
    const limit = { maximumBytes: 3 * 1024 * 1024 };
    await expect(download(request(url, limit), patience)).rejects.toMatchObject({
      code: 'CHART_REFUSED',
      message: 'The index is larger than 3 MiB.',
    });
  });

  it('that says beforehand how large it is is refused before it comes', async () => {
    const url = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': 4096 }).write('#');
    });
    await expect(download(request(url), patience)).rejects.toMatchObject({ code: 'CHART_REFUSED' });
  });

  it('that breaks off is none', async () => {
    const url = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('#', () => response.destroy());
    });
    await expect(download(request(url), patience)).rejects.toMatchObject({ code: 'CHART_UNAVAILABLE' });
  });

  it('follows redirects, though not into plain text beyond this machine nor without an end', async () => {
    const url = await serving(({ url: path = '' }, response) => {
      const led: Record<string, string> = {
        '/near': '/there',
        '/far': 'http://charts.example.test/',
        '/file': 'file:///etc/passwd',
      };
      if (path === '/there') response.end('found');
      else response.writeHead(302, { location: led[path] ?? path }).end();
    });
    const found = await download(request(`${url}/near`), patience);
    expect(found).toMatchObject({ state: 'whole', content: Buffer.from('found') });
    for (const path of ['/far', '/file']) {
      await expect(download(request(url + path), patience)).rejects.toMatchObject({ code: 'CHART_REFUSED' });
    }
    await expect(download(request(`${url}/round`), patience)).rejects.toThrow('redirects');
  });

  it('from what listens on this machine is refused where a repository beyond it names it', async () => {
    const asked: string[] = [];
    const url = await serving(({ url: path = '' }, response) => {
      asked.push(path);
      response.end('internal');
    });
    const from = new URL('https://charts.example.test/index.yaml');
    await expect(download(request(url, { from }), patience)).rejects.toMatchObject({ code: 'CHART_REFUSED' });
    expect(asked).toEqual([]);
  });

  it('ends with the reason of its signal', async () => {
    const url = await opened(serveSlowly('drips'));
    const abort = new AbortController();
    const running = download(request(url, { signal: abort.signal }), patience);
    abort.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
  });
});
