import { MeshwrightError, messageOf } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import type * as Sdk from '@temporalio/worker';

let installed = false;
let served: { host: string; port: number } | undefined;

/**
 * Has the SDK serve its own metrics (polls, slots, latencies of requests to Temporal) at this address, under `/metrics`,
 * for as long as the process lives. To be called before the first worker.
 * @throws MeshwrightError INVALID_CONFIGURATION when a worker was started already.
 */
export function serveSdkMetrics(listen: { host: string; port: number }): void {
  if (installed) {
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      "The SDK's metrics can only be served from the start of a process.",
    );
  }
  served = listen;
}

/**
 * The worker SDK with its one native runtime per process, which every worker shares. The first caller's logger
 * takes the SDK's messages. Loaded on demand, so that programs that only need a client do not pay for it.
 */
export async function loadWorkerSdk(logger: Logger): Promise<typeof Sdk> {
  const sdk = await import('@temporalio/worker');
  if (!installed) {
    install(sdk, logger);
    installed = true;
  }
  return sdk;
}

function install({ Runtime }: typeof Sdk, logger: Logger): void {
  try {
    Runtime.install({
      logger: sdkLogger(logger.child({ component: 'temporal-sdk' })),
      telemetryOptions: {
        logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
        ...(served === undefined ? {} : { metrics: exporter(served) }),
      },
      // Whoever hosts the workers decides about signals and calls stop().
      shutdownSignals: [],
    });
  } catch (error) {
    if (served === undefined) throw error;
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `Temporal's SDK cannot serve its metrics on ${served.host}:${served.port}: ${messageOf(error)}.`,
      { remedy: 'Choose another address under metrics.temporal in meshwright.yaml.' },
      { cause: error },
    );
  }
}

function exporter({ host, port }: { host: string; port: number }): Sdk.MetricsExporterConfig {
  const bindAddress = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
  };
}

/** The SDK's notes on its own life are of no interest to an operator unless something is wrong. */
function sdkLogger(logger: Logger): Sdk.Logger {
  const quiet = (message: string, meta: object = {}): void => logger.debug(plain(meta), message);
  const warn = (message: string, meta: object = {}): void => logger.warn(plain(meta), message);
  const error = (message: string, meta: object = {}): void => logger.error(plain(meta), message);
  return {
    trace: () => undefined,
    debug: quiet,
    info: quiet,
    warn,
    error,
    log(level, message, meta) {
      if (level === 'ERROR') error(message, meta);
      else if (level === 'WARN') warn(message, meta);
      else if (level !== 'TRACE') quiet(message, meta);
    },
  };
}

/** An error has neither its message nor its causes among what is written of an object. */
function plain(meta: object): object {
  if (!('error' in meta) || !(meta.error instanceof Error)) return meta;
  const { error, ...rest } = meta;
  return { ...rest, reason: messageOf(error), ...(error.stack === undefined ? {} : { stack: error.stack }) };
}
