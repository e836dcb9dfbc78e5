import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type { Logger } from '../logger.ts';
import type { RecordedMetrics } from './create.ts';

export interface MetricsEndpointOptions {
  listen: { host: string; port: number };
  metrics: Pick<RecordedMetrics, 'text' | 'contentType'>;
  logger: Logger;
}

/** Where metrics are served. */
export interface MetricsEndpoint {
  /** With its path, such as `http://127.0.0.1:9464/metrics`. */
  url: string;
  /** Ends all connections. */
  stop(): Promise<void>;
}

/** Scrapers are few; a whole request must have come in this time. */
const limits = { connections: 32, requestMs: 10_000, headerBytes: 8_192 };

/**
 * Serves `GET /metrics` over plain HTTP to whoever reaches the address: names of patterns, clusters and repositories, no
 * secret.
 * @throws MeshwrightError INVALID_CONFIGURATION when the address cannot be listened on.
 */
export async function serveMetrics({
  listen,
  metrics,
  logger,
}: MetricsEndpointOptions): Promise<MetricsEndpoint> {
  const { host, port } = listen;
  const server = createServer(
    {
      requestTimeout: limits.requestMs,
      headersTimeout: limits.requestMs,
      maxHeaderSize: limits.headerBytes,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      void answer(request, response, { metrics, logger });
    },
  );
  server.maxConnections = limits.connections;
  await listening(server, listen);
  server.on('error', (error) => logger.warn({ reason: messageOf(error) }, 'metrics endpoint failed'));
  const { port: actual } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}/metrics`;
  logger.info({ host, port: port === 0 ? actual : port }, 'metrics are served');
  return {
    url,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { method, url }: { method?: string | undefined; url?: string | undefined },
  response: ServerResponse,
  { metrics, logger }: Pick<MetricsEndpointOptions, 'metrics' | 'logger'>,
): Promise<void> {
  if (url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD') {
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  }
  try {
    const text = await metrics.text();
    response
      .writeHead(200, { 'content-type': metrics.contentType })
      .end(method === 'HEAD' ? undefined : text);
  } catch (error) {
    logger.error({ reason: messageOf(error) }, 'metrics could not be written');
    response.writeHead(500).end();
  }
}

async function listening(server: Server, { host, port }: MetricsEndpointOptions['listen']): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `Metrics cannot be served on ${host}:${port}: ${messageOf(error)}.`,
      { remedy: 'Choose another address under metrics.listen in meshwright.yaml.' },
      { cause: error },
    );
  }
}
