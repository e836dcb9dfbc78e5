import { isMeshwrightError, messageOf } from '@meshwright/model';
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

/** Asks for interactions over connections that go out, where a chat has them; until it is stopped. */
export interface Listening {
  stop(): Promise<void>;
}

const retryMs = 30_000;

/** Listens at every chat that can be; one that is away is tried again every half a minute. */
export function listenToChats({
  services,
  intake,
  logger,
}: Omit<ServiceRouteOptions, 'believed'>): Listening {
  const stopping = new AbortController();
  const loops = services.chats.flatMap((chat) => {
    const { connection, config } = chat;
    if (connection.listen === undefined || config.appToken === undefined) return [];
    const listen = connection.listen.bind(connection);
    const open = (): Promise<Listening> => listen((delivery) => intake.takeChat(chat, delivery));
    return [keepListening(open, stopping.signal, logger.child({ chat: config.name }))];
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function keepListening(
  open: () => Promise<Listening>,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const listening = await open();
      logger.info({}, 'interactions are asked for');
      await aborted(signal);
      await listening.stop();
    } catch (error) {
      const remedy = isMeshwrightError(error) ? error.details.remedy : undefined;
      logger.warn({ reason: messageOf(error), remedy }, 'interactions cannot be asked for');
      await aborted(signal, retryMs);
    }
  }
}

/** Until the signal is aborted, or some time has passed. */
function aborted(signal: AbortSignal, milliseconds?: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds, undefined);
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return promise.then(() => clearTimeout(timer));
}
