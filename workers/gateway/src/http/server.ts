import type { AddressInfo } from 'node:net';
import { isMeshwrightError, MeshwrightError, messageOf } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { createRates, type Rate } from './rates.ts';

/** What a stranger can take up; times in milliseconds. */
export interface ServerLimits {
  bodyBytes: number;
  connections: number;
  /** Within which a whole request must have come. */
  requestMs: number;
  /** Requests of one remote address. */
  remote: Rate;
  /** Requests that are believed, of one forge, chat, repository or program. */
  believed: Rate;
}

const defaultLimits: ServerLimits = {
  bodyBytes: 1024 * 1024,
  connections: 128,
  requestMs: 10_000,
  remote: { perSecond: 50, burst: 200 },
  believed: { perSecond: 20, burst: 100 },
};

/** The limits with those that were told. */
export function limitsWith(limits: Partial<ServerLimits> = {}): ServerLimits {
  return { ...defaultLimits, ...limits };
}

/** A server without routes: bounded in everything, and silent about what went wrong. Bodies come as bytes. */
export function createServer({ limits, logger }: { limits: ServerLimits; logger: Logger }): FastifyInstance {
  const server = fastify({
    bodyLimit: limits.bodyBytes,
    connectionTimeout: limits.requestMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).send();
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    },
    // What is not known is refused, and not dropped in silence.
    ajv: { customOptions: { removeAdditional: false } },
    routerOptions: { maxParamLength: 300 },
    http: {
      headersTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(1_000, limits.requestMs),
    },
  });
  server.server.maxConnections = limits.connections;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const remotes = createRates(limits.remote);
  server.addHook('onRequest', async (request, reply) => {
    const wait = remotes.take(request.ip);
    if (wait !== undefined) await reply.code(429).header('retry-after', wait).send();
  });
  // What went wrong is for our log; a stranger learns nothing but the status.
  server.setErrorHandler(async (error, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) logger.error({ status, reason: messageOf(error) }, 'a request could not be taken');
    await reply.code(status).send();
  });
  server.setNotFoundHandler(async (_request, reply) => {
    await reply.code(404).send();
  });
  server.get('/healthz', { schema: { hide: true } }, async (_request, reply) => {
    await reply.code(200).send('ok');
  });
  return server;
}

/**
 * Listens; gives the address without a slash at the end.
 * @throws MeshwrightError INVALID_CONFIGURATION when the address cannot be listened on.
 */
export async function listenOn(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `The gateway cannot listen on ${host}:${port}: ${messageOf(error)}.`,
      { remedy: 'Choose another address under gateway.listen in meshwright.yaml.' },
      { cause: error },
    );
  }
  const { port: actual } = server.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}

/** The status that an error is answered with: away is 503, so that services send again. */
export function statusOf(error: unknown): number {
  if (isMeshwrightError(error)) {
    switch (error.code) {
      case 'TEMPORAL_UNREACHABLE':
        return 503;
      case 'INVALID_INPUT':
        return 400;
      case 'UNAUTHENTICATED':
        return 401;
      default:
        return error.retryable ? 503 : 500;
    }
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}
