import { isMeshwrightError, messageOf } from '@meshwright/model';
import type { Services } from '@meshwright/services';
import type { Logger } from '@meshwright/telemetry';
import type { Intake } from './intake.ts';

/** Asks for interactions over connections that go out, where a chat has them; until it is stopped. */
export interface Listening {
  stop(): Promise<void>;
}

export interface ListeningOptions {
  services: Services;
  intake: Intake;
  logger: Logger;
}

const retryMs = 30_000;

/** Listens at every chat that can be; one that is away is tried again every half a minute. */
export function listenToChats({ services, intake, logger }: ListeningOptions): Listening {
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
