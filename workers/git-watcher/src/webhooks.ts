import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { RepositoryConfig, Secrets } from '@meshwright/config';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { isAuthentic } from './webhook-signatures.ts';

export interface WebhookServerOptions {
  listen: { host: string; port: number };
  repositories: readonly Pick<RepositoryConfig, 'name' | 'webhook'>[];
  secrets: Secrets;
  /** Called once for each request that is believed, after it was answered. */
  onHint: (repository: string) => void;
  logger: Logger;
  limits?: Partial<WebhookLimits>;
}

export interface WebhookLimits {
  bodyBytes: number;
  connections: number;
  /** Milliseconds within which a whole request must have come. */
  requestMs: number;
}

export interface WebhookServer {
  /** Where it listens, without a slash at the end. */
  url: string;
  stop(): Promise<void>;
}

const defaultLimits: WebhookLimits = { bodyBytes: 1024 * 1024, connections: 128, requestMs: 10_000 };

/**
 * Receives webhooks: `POST /hooks/<repository>` is only word that the repository may have changed, so its body is
 * checked and never read. An unknown repository, one without a secret and a wrong signature are answered alike.
 * @throws MeshwrightError INVALID_CONFIGURATION when the address cannot be listened on.
 */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const { host, port } = options.listen;
  const server = createServer(options);
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `Webhooks cannot be received on ${host}:${port}: ${messageOf(error)}.`,
      { remedy: 'Choose another address under gateway.listen in meshwright.yaml.' },
      { cause: error },
    );
  }
  const { port: actual } = server.server.address() as AddressInfo;
  options.logger.info({ host, port: actual }, 'webhooks are received');
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    stop: () => server.close(),
  };
}

function createServer(options: WebhookServerOptions): FastifyInstance {
  const { repositories, secrets, onHint, logger } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const server = fastify({
    bodyLimit: limits.bodyBytes,
    connectionTimeout: limits.requestMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
    http: {
      headersTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(1_000, limits.requestMs),
    },
  });
  server.server.maxConnections = limits.connections;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // What went wrong is for our log; a stranger learns nothing but the status.
  server.setErrorHandler(async (error, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) logger.error({ reason: messageOf(error) }, 'webhook failed');
    await reply.code(status).send();
  });
  server.setNotFoundHandler(async (_request, reply) => {
    await reply.code(404).send();
  });
  server.get('/healthz', async (_request, reply) => {
    await reply.code(200).send('ok');
  });
  server.post<{ Params: { repository: string } }>('/hooks/:repository', async (request, reply) => {
    const { repository } = request.params;
    if (!(await isBelieved({ repositories, secrets }, repository, request))) {
      logger.warn({ from: request.ip }, 'webhook refused');
      await reply.code(401).send();
      return;
    }
    await reply.code(202).send();
    onHint(repository);
  });
  return server;
}

/** An unknown repository is checked against a secret nobody knows, so that it takes the same time. */
async function isBelieved(
  { repositories, secrets }: Pick<WebhookServerOptions, 'repositories' | 'secrets'>,
  name: string,
  request: FastifyRequest,
): Promise<boolean> {
  const { webhook } = repositories.find((repository) => repository.name === name) ?? {};
  const secret = webhook === undefined ? randomBytes(32).toString('hex') : await secrets.read(webhook.secret);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return isAuthentic(webhook?.provider ?? 'generic', secret, { headers: request.headers, body });
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}
