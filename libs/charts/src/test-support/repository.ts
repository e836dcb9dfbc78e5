import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

export interface TestServer {
  /** `127.0.0.1:<port>`. */
  host: string;
  requests: string[];
  close(): Promise<void>;
}

/** A chart repository over HTTP: the files of a directory, nothing else. */
export async function serveRepository(directory: string): Promise<TestServer> {
  return serve(async (path) => {
    const content = await readFile(join(directory, basename(path))).catch(() => undefined);
    return content === undefined ? undefined : { content, type: 'application/octet-stream' };
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
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push(path);
    void answer(path).then((found) => {
      if (found === undefined) {
        response.writeHead(404).end('{}');
        return;
      }
      response.writeHead(200, {
        'content-type': found.type,
        'content-length': found.content.length,
        ...(found.digest === undefined ? {} : { 'docker-content-digest': found.digest }),
      });
      response.end(request.method === 'HEAD' ? undefined : found.content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, requests, close: () => close(server) };
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
