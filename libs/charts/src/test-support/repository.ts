import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

export interface TestServer {
  /** `127.0.0.1:<port>`. */
  host: string;
  requests: string[];
  /** From now on every answer drips. */
  slowDown(): void;
  close(): Promise<void>;
}

/** A chart repository over HTTP: the files of a directory with their ETags, nothing else. */
export async function serveRepository(directory: string): Promise<TestServer> {
  return serve(async (path) => {
    const content = await readFile(join(directory, basename(path))).catch(() => undefined);
    return content === undefined ? undefined : { content, type: 'application/octet-stream' };
  });
}

/** Answers every request with a head and then a byte now and then, for ever; or, where it is silent, with nothing. */
export async function serveSlowly(manner: 'drips' | 'silent'): Promise<TestServer> {
  return listen((_request, response) => {
    if (manner === 'drips') drip(response);
  });
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const dripping = setInterval(() => response.write('#'), 20);
  response.on('close', () => clearInterval(dripping));
}

/** Answers every request with bytes without an end, and does not say how many. */
export async function serveEndlessly(): Promise<TestServer> {
  const block = Buffer.alloc(1024 * 1024, '#');
  return listen((_request, response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write(block)) continue;
    };
    response.on('drain', pour).on('error', () => undefined);
    pour();
  });
}

/** The part of the OCI distribution protocol that a pull needs, for one chart archive under one name. */
export async function serveRegistry(options: {
  name: string;
  tag: string;
  archive: Buffer;
  chart: object;
}): Promise<TestServer> {
  const config = Buffer.from(JSON.stringify(options.chart));
  const blobs = new Map([config, options.archive].map((blob) => [digest(blob), blob]));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptor(config, 'application/vnd.cncf.helm.config.v1+json'),
      layers: [descriptor(options.archive, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip')],
    }),
  );
  const prefix = `/v2/${options.name}`;
  return serve((path) => {
    if (path === '/v2/') return Promise.resolve({ content: Buffer.from('{}'), type: 'application/json' });
    const isManifest = [options.tag, digest(manifest)].some((it) => path === `${prefix}/manifests/${it}`);
    if (isManifest)
      return Promise.resolve({ content: manifest, type: manifestType, digest: digest(manifest) });
    const blob = blobs.get(path.replace(`${prefix}/blobs/`, ''));
    return Promise.resolve(
      blob === undefined ? undefined : { content: blob, type: 'application/octet-stream' },
    );
  });
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

interface Answer {
  content: Buffer;
  type: string;
  digest?: string;
}

async function serve(answer: (path: string) => Promise<Answer | undefined>): Promise<TestServer> {
  return listen((request, response) => {
    void answer(request.url ?? '/').then((found) => {
      if (found === undefined) {
        response.writeHead(404).end('{}');
        return;
      }
      const etag = `"${digest(found.content)}"`;
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304).end();
        return;
      }
      response.writeHead(200, {
        etag,
        'content-type': found.type,
        'content-length': found.content.length,
        ...(found.digest === undefined ? {} : { 'docker-content-digest': found.digest }),
      });
      response.end(request.method === 'HEAD' ? undefined : found.content);
    });
  });
}

/** `requests` holds a path, and what it was answered with: `/index.yaml 200`. */
async function listen(handle: RequestListener): Promise<TestServer> {
  const requests: string[] = [];
  let slow = false;
  const server = createServer((request, response) => {
    const position = requests.push(request.url ?? '/') - 1;
    response.on('finish', () => (requests[position] = `${request.url} ${response.statusCode}`));
    if (slow) drip(response);
    else handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, requests, slowDown: () => (slow = true), close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function descriptor(blob: Buffer, mediaType: string): object {
  return { mediaType, digest: digest(blob), size: blob.length };
}

function digest(blob: Buffer): string {
  return `sha256:${createHash('sha256').update(blob).digest('hex')}`;
}
