import swagger from '@fastify/swagger';
import {
  type Account,
  type DecisionRequest,
  type ErrorCode,
  isMeshwrightError,
  MeshwrightError,
  messageOf,
  type Phase,
} from '@meshwright/model';
import {
  decide,
  findRollout,
  listRollouts,
  listWaiting,
  readRollout,
  type RolloutFilter,
} from '@meshwright/rollouts';
import type { Logger } from '@meshwright/telemetry';
import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import type { Identities } from './identity.ts';
import type { Rates } from './rates.ts';
import {
  decideSchema,
  listApprovalsSchema,
  listRolloutsSchema,
  openApiSchema,
  readRolloutSchema,
} from './schemas.ts';
import { statusOf } from './server.ts';

export interface ApiOptions {
  engine: Engine;
  identities: Identities;
  /** Requests that are believed, by who made them. */
  believed: Rates;
  logger: Logger;
  /** What people see of the gateway from outside, for the description. */
  url?: string | undefined;
}

/** Decisions are small. */
const bodyBytes = 64 * 1024;
const prefix = '/api/v1';

type Query<T> = FastifyRequest<{ Querystring: T }>;
type ById = FastifyRequest<{ Params: { id: string } }>;
type Deciding = FastifyRequest<{
  Params: { id: string };
  Headers: { 'idempotency-key'?: string };
  Body: Pick<DecisionRequest, 'run' | 'gate' | 'subject' | 'decision' | 'reason'>;
}>;

/** The API for programs, and its description as OpenAPI 3.1. Whoever is not believed learns nothing but that. */
export async function addApi(server: FastifyInstance, options: ApiOptions): Promise<void> {
  await server.register(
    async (api) => {
      await api.register(swagger, { openapi: descriptionOf(options.url), stripBasePath: false });
      const accounts = new WeakMap<FastifyRequest, Account>();
      takeJson(api);
      api.setErrorHandler((error, request, reply) => answerError(options.logger, error, request, reply));
      api.addHook('onRequest', async (request, reply) => {
        const account = await options.identities.accountOf(request.headers.authorization);
        accounts.set(request, account);
        const wait = options.believed.take(`${account.service}:${account.id}`);
        if (wait !== undefined) await reply.code(429).header('retry-after', wait).send();
      });
      addReading(api, options);
      api.post(
        '/rollouts/:id/decisions',
        { schema: decideSchema, bodyLimit: bodyBytes },
        (request: Deciding) => takeDecision(options, request, accounts.get(request)),
      );
      api.get('/openapi.json', { schema: openApiSchema }, () => api.swagger());
    },
    { prefix },
  );
}

function addReading(api: FastifyInstance, { engine }: ApiOptions): void {
  api.get(
    '/rollouts',
    { schema: listRolloutsSchema },
    async ({ query }: Query<RolloutFilter & { phase?: Phase }>) => ({
      rollouts: await listRollouts(engine.client(), query),
    }),
  );
  api.get('/rollouts/:id', { schema: readRolloutSchema }, async ({ params }: ById) => {
    const client = engine.client();
    return readRollout(client, await findRollout(client, params.id));
  });
  api.get(
    '/approvals',
    { schema: listApprovalsSchema },
    async ({ query }: Query<{ repository?: string; limit: number }>) => ({
      approvals: await listWaiting(engine.client(), query),
    }),
  );
}

async function takeDecision(
  { engine }: ApiOptions,
  { params, body, headers }: Deciding,
  account: Account | undefined,
): Promise<object> {
  if (account === undefined) throw new MeshwrightError('UNAUTHENTICATED', 'Nobody is known.');
  const client = engine.client();
  const workflow = /^(?:policy|pull-request):/.test(params.id)
    ? params.id
    : (await findRollout(client, params.id)).rollout;
  const key = headers['idempotency-key'];
  const updateId = key === undefined ? undefined : `${account.service}:${account.id}/${key}`;
  return decide<object>(client, workflow, { ...body, account, from: 'the API' }, updateId);
}

/** JSON and nothing else, without members that act on prototypes. */
function takeJson(api: FastifyInstance): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: bodyBytes },
    api.getDefaultJsonParser('error', 'error'),
  );
}

function descriptionOf(url: string | undefined) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Meshwright',
      version: 'v1',
      description:
        'Rollouts, what waits for people, and their decisions. Decisions are bound to the run, gate and digest that were seen.',
    },
    ...(url === undefined ? {} : { servers: [{ url }] }),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'A token of gateway.tokens, or one of the OpenID provider under gateway.oidc.',
        },
      },
    },
    security: [{ bearer: [] }],
  };
}

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  APPROVAL_REFUSED: 409,
  COMMAND_REFUSED: 409,
  PLAN_MISMATCH: 409,
  EVIDENCE_MISSING: 404,
  NOT_READY: 503,
};

/** Whoever is known is told why; nobody else gets this far but with 401. */
async function answerError(
  logger: Logger,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (isMeshwrightError(error)) {
    const { code, message, details } = error;
    if (code === 'UNAUTHENTICATED') {
      logger.warn({ from: request.ip }, 'a request to the API was not believed');
      return reply.code(401).header('www-authenticate', 'Bearer').send();
    }
    const { remedy, lines } = details;
    return reply.code(statuses[code] ?? statusOf(error)).send({ code, message, remedy, lines });
  }
  if (error instanceof ServiceError || isGrpcServiceError(error)) {
    logger.warn({ reason: messageOf(error) }, 'Temporal did not answer a request to the API');
    return reply.code(503).send({ code: 'TEMPORAL_UNREACHABLE', message: 'Temporal does not answer.' });
  }
  const status = statusOf(error);
  if (status < 500) return reply.code(status).send({ code: 'INVALID_INPUT', message: messageOf(error) });
  logger.error({ reason: messageOf(error) }, 'a request to the API failed');
  return reply
    .code(status)
    .send({ code: 'INTERNAL', message: 'The request failed; the log of the gateway says why.' });
}
