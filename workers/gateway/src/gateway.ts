import type { Config, Secrets } from '@meshwright/config';
import type { EvidenceStore } from '@meshwright/evidence';
import { openHttp } from '@meshwright/http';
import { TaskQueue } from '@meshwright/model';
import type { ServiceRegistry } from '@meshwright/plugin-sdk';
import type { Logger, Metrics } from '@meshwright/telemetry';
import { asActivities, startWorker, type TemporalOptions } from '@meshwright/temporal';
import { createGatewayActivities } from './activities/activities.ts';
import { openEngine } from './engine.ts';
import type { Front, FrontOptions } from './http/front.ts';
import type { ServerLimits } from './http/server.ts';
import { listenToChats } from './intake/listening.ts';
import { startHinting } from './intake/hinting.ts';
import { createIntake } from './intake/intake.ts';
import { startSweep } from './intake/pull-requests.ts';
import { openServices, plugins as ownPlugins } from '@meshwright/services';

export interface GatewayOptions {
  config: Config;
  temporal: TemporalOptions;
  evidence: EvidenceStore;
  secrets: Secrets;
  logger: Logger;
  metrics?: Metrics;
  /** Called for every hint of a new commit: a git watcher in the same process looks at once. */
  onHint?: (repository: string) => void;
  limits?: Partial<ServerLimits>;
  /** Those of this engine unless told. */
  plugins?: ServiceRegistry;
}

export interface Gateway {
  /** Settled when the worker polls; rejected when it never will. */
  readonly ready: Promise<void>;
  /** Settled when it was stopped; rejected when it can never run. */
  readonly finished: Promise<void>;
  /** Where it listens, without a slash at the end; absent where nobody is configured who could be believed. */
  readonly url?: string;
  stop(): Promise<void>;
}

/** A channel that is away holds up its own activities only. */
const mostActivities = 100;

/**
 * Receives what forges, chats and programs send, and serves the task queue `gateway`. Waits for Temporal by itself: until it
 * is there, what has to be kept is refused with 503, so that it is sent again.
 * @throws MeshwrightError INVALID_CONFIGURATION when the address cannot be listened on, UNKNOWN_PLUGIN for a type of forge
 *   or chat without a plugin.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, temporal, evidence, secrets, logger, metrics, plugins = ownPlugins } = options;
  const http = openHttp({ logger });
  const context = { http, now: () => Date.now() };
  const services = await openServices({ config, secrets, plugins, context });
  const engine = openEngine(temporal, logger);
  const hinting = startHinting({
    engine,
    logger,
    ...(options.onHint === undefined ? {} : { onHint: options.onHint }),
  });
  const intake = createIntake({ engine, services, hinting, logger });
  const front = await openFrontFor({
    ...{ config, secrets, engine, services, intake, hinting, http, logger },
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  }).catch(async (error: unknown) => {
    await Promise.all([engine.close(), http.close()]);
    throw error;
  });
  const listeningAt = listenToChats({ services, intake, logger });
  const sweep = startSweep({ engine, services, repositories: config.repositories, logger });
  const activities = createGatewayActivities({
    engine,
    services,
    evidence,
    logger,
    runUrl: runUrlOf(config),
  });
  const worker = await startWorker({
    ...temporal,
    taskQueue: TaskQueue.gateway,
    activities: asActivities(activities, logger),
    maxConcurrentActivities: mostActivities,
    logger,
    ...(metrics === undefined ? {} : { metrics }),
  });
  const ready = Promise.all([worker.ready, engine.ready]).then(() => undefined);
  const finished = Promise.all([worker.finished, engine.ready]).then(() => undefined);
  // Whoever awaits either promise sees the rejection; nobody has to.
  ready.catch(() => undefined);
  finished.catch(() => undefined);
  return {
    ready,
    finished,
    ...(front === undefined ? {} : { url: front.url }),
    async stop() {
      await front?.close();
      await Promise.all([listeningAt.stop(), sweep.stop(), hinting.stop(), worker.stop()]);
      await Promise.all([engine.close(), http.close()]);
    },
  };
}

/**
 * The server; none, and none of its libraries, where nobody is configured who could be believed, so that several engines can be
 * on one machine.
 */
async function openFrontFor(options: FrontOptions): Promise<Front | undefined> {
  const { repositories, forges, chats, gateway } = options.config;
  const hooked = repositories.some(({ webhook }) => webhook !== undefined);
  const programs = gateway.tokens.length > 0 || gateway.oidc !== undefined;
  if (!hooked && !programs && forges.length === 0 && chats.length === 0) return undefined;
  const { openFront } = await import('./http/front.ts');
  return openFront(options);
}

/** A run in the Temporal UI. */
function runUrlOf({
  temporal,
}: Pick<Config, 'temporal'>): ((workflow: string, run: string) => string) | undefined {
  const { ui, namespace } = temporal;
  if (ui === undefined) return undefined;
  return (workflow, run) =>
    `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflow)}/${run}/history`;
}
