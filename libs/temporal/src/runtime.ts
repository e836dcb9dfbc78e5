import { messageOf } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import type * as Sdk from '@temporalio/worker';

let installed = false;

/**
 * The worker SDK with its one native runtime per process, which every worker shares. The first caller's logger
 * takes the SDK's messages. Loaded on demand, so that programs that only need a client do not pay for it.
 */
export async function loadWorkerSdk(logger: Logger): Promise<typeof Sdk> {
  const sdk = await import('@temporalio/worker');
  if (!installed) {
    installed = true;
    sdk.Runtime.install({
      logger: sdkLogger(logger.child({ component: 'temporal-sdk' })),
      telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
      // Whoever hosts the workers decides about signals and calls stop().
      shutdownSignals: [],
    });
  }
  return sdk;
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
