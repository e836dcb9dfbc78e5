import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import { messageOf } from '@meshwright/model';
import type { Logger, Metrics } from '@meshwright/telemetry';
import type { DataConverter } from '@temporalio/common';
import type { Worker, WorkerOptions as SdkWorkerOptions } from '@temporalio/worker';
import { connectionSettings, describeConnectionError, type TemporalOptions } from './connection.ts';
import { dataConverterOf } from './encryption.ts';
import { measureActivities, tellEnds } from './metrics.ts';
import { loadWorkerSdk } from './runtime.ts';

export interface WorkerOptions extends TemporalOptions {
  taskQueue: string;
  logger: Logger;
  /** Told of every activity and workflow that ends here. */
  metrics?: Metrics;
  /** Activities by name, wrapped by `asActivities`. */
  activities?: object;
  /**
   * A prebuilt bundle: bundling inside a worker's process would cost it some 200 MB for good. With encryption, one
   * whose workflows encode their failures.
   */
  workflowBundle?: { codePath: string } | { code: string };
  /** How many activities run at once; 20 unless told. */
  maxConcurrentActivities?: number;
  /** How many workflows stay in memory between their tasks; 100 unless told. 0 replays at each task. */
  maxCachedWorkflows?: number;
  /** How long running activities may go on after `stop`, before they are cancelled; 5 seconds unless told. */
  graceSeconds?: number;
  /** For tests: a determinism error fails the run at once instead of being retried until code is mended. */
  failOnNondeterminism?: boolean;
}

export type WorkerState = 'connecting' | 'polling' | 'stopped' | 'failed';

/** A worker that goes on until it is stopped, however often Temporal goes away. */
export interface RunningWorker {
  readonly state: WorkerState;
  /** Settled when the worker polls for the first time; rejected when it never will. */
  readonly ready: Promise<void>;
  /** Settled when the worker has stopped; rejected when it failed for a reason that no retry mends. */
  readonly finished: Promise<void>;
  /** Lets running activities finish within the grace time, cancels them after it. Bounded; may be called twice. */
  stop(): Promise<void>;
}

/** After the grace time, how long cancelled activities may take to stop before they are left behind. */
const forceSeconds = 5;
const retryMilliseconds = { first: 500, longest: 5_000 };

/**
 * Starts a worker on one task queue and returns at once. While Temporal is away it waits and tries again;
 * it never ends the process.
 * @throws MeshwrightError INVALID_CONFIGURATION when a TLS file cannot be read or an encryption key cannot be used.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const dataConverter = dataConverterOf(options.encryption);
  await connectionSettings(options);
  return new WorkerLoop(options, dataConverter);
}

class WorkerLoop implements RunningWorker {
  state: WorkerState = 'connecting';
  readonly ready: Promise<void>;
  readonly finished: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #dataConverter: DataConverter;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #polling = Promise.withResolvers<undefined>();
  #worker: Worker | undefined;
  #hasPolled = false;

  constructor(options: WorkerOptions, dataConverter: DataConverter) {
    this.#options = options;
    this.#dataConverter = dataConverter;
    this.#logger = options.logger.child({ taskQueue: options.taskQueue });
    this.ready = this.#polling.promise.then(() => undefined);
    this.finished = this.#loop();
    // Whoever awaits either promise sees the rejection; nobody has to.
    this.ready.catch(() => undefined);
    this.finished.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#worker?.getState() === 'RUNNING') this.#worker.shutdown();
    await this.finished.catch(() => undefined);
  }

  async #loop(): Promise<void> {
    let wait = retryMilliseconds.first;
    while (!this.#isStopping()) {
      const startedAt = performance.now();
      try {
        await this.#runOnce();
      } catch (error) {
        if (this.#isStopping()) {
          this.#logger.warn({ reason: this.#describe(error) }, 'worker did not stop cleanly');
          break;
        }
        if (!this.#hasPolled && !isTransport(error)) return this.#fail(error);
        if (performance.now() - startedAt > 60_000) wait = retryMilliseconds.first;
        this.#logger.warn(
          { reason: this.#describe(error), retryInMilliseconds: wait },
          'worker waits for Temporal',
        );
        this.state = 'connecting';
        await delay(wait, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        wait = Math.min(wait * 2, retryMilliseconds.longest);
      }
    }
    this.state = 'stopped';
    this.#polling.reject(new Error('The worker was stopped before it polled.'));
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** One life of a worker: from the connection to its loss, or to `stop`. */
  async #runOnce(): Promise<void> {
    const sdk = await loadWorkerSdk(this.#options.logger);
    // Read again each time: certificates and API keys may have been renewed.
    const connection = await sdk.NativeConnection.connect(await connectionSettings(this.#options));
    try {
      const worker = await sdk.Worker.create({
        ...sdkOptions(this.#options),
        connection,
        dataConverter: this.#dataConverter,
      });
      this.#worker = worker;
      const run = worker.run();
      if (this.#isStopping()) worker.shutdown();
      this.state = 'polling';
      this.#hasPolled = true;
      this.#polling.resolve(undefined);
      this.#logger.info({}, 'worker polls');
      await run;
    } finally {
      this.#worker = undefined;
      await connection.close().catch((error: unknown) => {
        this.#logger.warn({ reason: messageOf(error) }, 'worker connection did not close');
      });
    }
  }

  #fail(error: unknown): never {
    this.state = 'failed';
    this.#logger.error({ reason: messageOf(error) }, 'worker cannot run');
    this.#polling.reject(error);
    throw error;
  }

  #describe(error: unknown): string {
    return isGrpcServiceError(error)
      ? describeConnectionError(error, this.#options).message
      : messageOf(error);
  }
}

/** A worker that cannot be built at first for any other reason, such as a broken bundle, cannot be built later either. */
function isTransport(error: unknown): boolean {
  return isGrpcServiceError(error) || (error instanceof Error && error.name === 'TransportError');
}

function sdkOptions(options: WorkerOptions): SdkWorkerOptions {
  const { namespace, taskQueue, activities, workflowBundle, metrics, graceSeconds = 5 } = options;
  return {
    namespace,
    taskQueue,
    ...(activities === undefined ? {} : { activities }),
    ...(workflowBundle === undefined ? {} : { workflowBundle, sinks: tellEnds(metrics) }),
    ...(metrics === undefined ? {} : { interceptors: { activity: [() => measureActivities(metrics)] } }),
    maxConcurrentActivityTaskExecutions: options.maxConcurrentActivities ?? 20,
    maxConcurrentActivityTaskPolls: 2,
    maxConcurrentWorkflowTaskExecutions: 10,
    maxConcurrentWorkflowTaskPolls: 2,
    maxCachedWorkflows: workflowBundle === undefined ? 0 : (options.maxCachedWorkflows ?? 100),
    workflowThreadPoolSize: 1,
    // An activity learns of its cancellation from the answer to a heartbeat: this bounds how late.
    maxHeartbeatThrottleInterval: 5_000,
    shutdownGraceTime: graceSeconds * 1_000,
    shutdownForceTime: (graceSeconds + forceSeconds) * 1_000,
    ...(options.failOnNondeterminism === true
      ? { workflowFailureErrorTypes: { '*': ['NondeterminismError', 'DeterminismViolationError'] } }
      : {}),
  };
}
