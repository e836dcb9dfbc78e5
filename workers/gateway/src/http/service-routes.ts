import type { Logger } from '@meshwright/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Intake } from '../intake/intake.ts';
import type { Services } from '@meshwright/services';
import { checkInVain, incomingOf } from './incoming.ts';
import type { Rates } from './rates.ts';

export interface ServiceRouteOptions {
  services: Services;
  intake: Intake;
  /** Requests that are believed, by what they came through. */
  believed: Rates;
  logger: Logger;
}

type Named = FastifyRequest<{ Params: { name: string } }>;

/**
 * `POST /forges/<name>` and `POST /chats/<name>`: what is believed is answered as soon as Temporal has it, with 503 while
 * Temporal is away, so that the service sends it again. A name that is unknown and a wrong signature are answered alike.
 */
export function addServiceRoutes(server: FastifyInstance, options: ServiceRouteOptions): void {
  const schema = { hide: true };
  server.post('/forges/:name', { schema }, (request: Named, reply) => receiveForge(options, request, reply));
  server.post('/chats/:name', { schema }, (request: Named, reply) => receiveChat(options, request, reply));
}

async function receiveForge(
  { services, intake, believed, logger }: ServiceRouteOptions,
  request: Named,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const incoming = incomingOf(request);
  const forge = services.forge(request.params.name);
  if (forge === undefined) checkInVain(incoming);
  const delivery = await forge?.plugin.receive(incoming, forge.settings, Date.now());
  if (forge === undefined || delivery === undefined) return refuse(request, reply, logger);
  const wait = believed.take(`forge:${forge.config.name}`);
  if (wait !== undefined) return reply.code(429).header('retry-after', wait).send();
  await intake.takeForge(forge, delivery);
  return reply.code(202).send();
}

async function receiveChat(
  { services, intake, believed, logger }: ServiceRouteOptions,
  request: Named,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const incoming = incomingOf(request);
  const chat = services.chat(request.params.name);
  if (chat === undefined) checkInVain(incoming);
  const delivery = await chat?.plugin.receive?.(incoming, chat.settings, Date.now());
  if (chat === undefined || delivery === undefined) return refuse(request, reply, logger);
  const wait = believed.take(`chat:${chat.config.name}`);
  if (wait !== undefined) return reply.code(429).header('retry-after', wait).send();
  await intake.takeChat(chat, delivery);
  const { status, contentType, body } = delivery.answer;
  if (contentType !== undefined) void reply.header('content-type', contentType);
  return reply.code(status).send(body);
}

function refuse(request: Named, reply: FastifyReply, logger: Logger): FastifyReply {
  logger.warn({ from: request.ip, path: request.routeOptions.url }, 'a request was not believed');
  return reply.code(401).send();
}
