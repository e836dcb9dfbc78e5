import type { Config, Secrets } from '@meshwright/config';
import type { HttpPort } from '@meshwright/plugin-sdk';
import type { Services } from '@meshwright/services';
import type { Logger } from '@meshwright/telemetry';
import type { Engine } from '../engine.ts';
import type { Hinting } from '../intake/hinting.ts';
import type { Intake } from '../intake/intake.ts';
import { addApi } from './api.ts';
import { addHooks } from './hooks.ts';
import { createIdentities } from './identity.ts';
import { createRates } from './rates.ts';
import { createServer, limitsWith, listenOn, type ServerLimits } from './server.ts';
import { addServiceRoutes } from './service-routes.ts';

export interface FrontOptions {
  config: Config;
  secrets: Secrets;
  limits?: Partial<ServerLimits>;
  engine: Engine;
  services: Services;
  intake: Intake;
  hinting: Hinting;
  http: HttpPort;
  logger: Logger;
}

/** The server that the gateway is reached at. */
export interface Front {
  url: string;
  close(): Promise<void>;
}

/**
 * Listens to forges, chats and programs.
 * @throws MeshwrightError INVALID_CONFIGURATION when the address cannot be listened on.
 */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { config, secrets, engine, services, intake, hinting, http, logger } = options;
  const { repositories, gateway } = config;
  const limits = limitsWith(options.limits);
  const server = createServer({ limits, logger });
  const believed = createRates(limits.believed);
  addHooks(server, {
    repositories,
    secrets,
    believed,
    onHint: (repository) => hinting.hint(repository),
    logger,
  });
  addServiceRoutes(server, { services, intake, believed, logger });
  const identities = createIdentities({ gateway, secrets, http });
  await addApi(server, { engine, identities, believed, logger, url: gateway.url });
  const url = await listenOn(server, gateway.listen);
  logger.info({ url }, 'the gateway listens');
  return { url, close: () => server.close() };
}
