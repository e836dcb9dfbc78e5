import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { TaskQueue } from '@meshwright/model';
import {
  asActivities,
  connectTemporal,
  ensureSearchAttributes,
  replayRuns,
  startWorker,
  type RunningWorker,
  type WorkerOptions,
} from '@meshwright/temporal';
import { loadWorkflowBundle, type WorkflowBundle } from '../load.ts';
import { FakeLoad, FakeResults } from './fake-load.ts';
import { FakeGateway } from './fake-gateway.ts';
import { FakeRepository, FakeTargets } from './fakes.ts';

/** A namespace of its own on a real Temporal server, with workers for all workflows and fakes of all activities. */
export interface World {
  client: Client;
  namespace: string;
  targets: FakeTargets;
  repository: FakeRepository;
  load: FakeLoad;
  gateway: FakeGateway;
  results: FakeResults;
  /** Stops the workflow worker; `startOrchestrator` starts another. */
  stopOrchestrator(): Promise<void>;
  startOrchestrator(): Promise<void>;
  /** Ends it, and fails where a run of it would decide otherwise when it is replayed. */
  stop(): Promise<void>;
}

export const clusters = ['local', 'second'] as const;
export const loadAgentName = 'local';
const namespaceDeadlineMilliseconds = 60_000;

export interface WorldOptions {
  /** Where the workers reach the same server, when not directly. */
  workerAddress?: string;
  /** Told of what ends in these workers. */
  metrics?: NonNullable<WorkerOptions['metrics']>;
}

/**
 * @param address of a Temporal server whose namespaces may be created at will.
 * @param cacheDirectory where the bundle is kept between runs.
 */
export async function startWorld(
  address: string,
  cacheDirectory: string,
  { workerAddress = address, metrics }: WorldOptions = {},
): Promise<World> {
  const namespace = `test-${randomUUID()}`;
  const bundle = await loadWorkflowBundle({ cacheDirectory });
  await createNamespace(address, namespace);
  const temporal = await connectTemporal({ address, namespace });
  const { client } = temporal;
  await ensureSearchAttributes(client.connection, { address, namespace });
  const told = metrics === undefined ? {} : { metrics };
  const common = { address: workerAddress, namespace, logger: silentLogger, graceSeconds: 1, ...told };
  const targets = new FakeTargets();
  const repository = new FakeRepository();
  const load = new FakeLoad();
  const gateway = new FakeGateway();
  const results = new FakeResults();
  const own = { ...common, activities: asActivities(results.activities, silentLogger) };
  const agents = await startAgents(common, { targets, repository, load, gateway });
  let orchestrator = await startWorker(orchestratorOptions(own, bundle));
  await orchestrator.ready;
  return {
    client,
    namespace,
    targets,
    repository,
    load,
    gateway,
    results,
    stopOrchestrator: () => orchestrator.stop(),
    startOrchestrator: async () => {
      orchestrator = await startWorker(orchestratorOptions(own, bundle));
      await orchestrator.ready;
    },
    stop: async () => {
      await Promise.all([orchestrator, ...agents].map((worker) => worker.stop()));
      await replayRuns(client, { workflowBundle: bundle, logger: silentLogger });
      await temporal.close();
    },
  };
}

/** Silent but for what should never happen. */
export const silentLogger: WorkerOptions['logger'] = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (data, message) => {
    process.stderr.write(`${message}: ${JSON.stringify(data)}\n`);
  },
  child: () => silentLogger,
};

type Common = Pick<
  WorkerOptions,
  'address' | 'namespace' | 'logger' | 'graceSeconds' | 'activities' | 'metrics'
>;

function orchestratorOptions(common: Common, workflowBundle: WorkflowBundle): WorkerOptions {
  return { ...common, taskQueue: TaskQueue.orchestrator, workflowBundle, failOnNondeterminism: true };
}

async function startAgents(
  common: Common,
  { targets, repository, load, gateway }: Pick<World, 'targets' | 'repository' | 'load' | 'gateway'>,
): Promise<RunningWorker[]> {
  const agents = clusters.map((cluster) =>
    startWorker({
      ...common,
      taskQueue: TaskQueue.cluster(cluster),
      activities: asActivities({ ...targets.activities, ...load.activities }, silentLogger),
    }),
  );
  const git = startWorker({
    ...common,
    taskQueue: TaskQueue.git,
    activities: asActivities(repository.activities, silentLogger),
  });
  const loadAgent = startWorker({
    ...common,
    taskQueue: TaskQueue.load(loadAgentName),
    activities: asActivities(load.activities, silentLogger),
  });
  const people = startWorker({
    ...common,
    taskQueue: TaskQueue.gateway,
    activities: asActivities(gateway.activities, silentLogger),
  });
  return Promise.all([...agents, git, loadAgent, people]);
}

/** Creates a namespace and waits until the server knows it everywhere. */
export async function createNamespace(address: string, namespace: string): Promise<void> {
  const temporal = await connectTemporal({ address, namespace: 'default' });
  const { workflowService } = temporal.client.connection;
  const day = 24 * 60 * 60;
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: day as never },
  });
  await eventually('the namespace exists', async () => {
    // A new namespace reaches every part of the server through a cache.
    await workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
    await workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'orchestrator' } });
  });
  await temporal.close();
}

/** Tries until it does not throw any more; for conditions of a real server, which have no event to wait for. */
export async function eventually<T>(what: string, attempt: () => Promise<T> | T): Promise<T> {
  const deadline = Date.now() + namespaceDeadlineMilliseconds;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`Not in time: ${what}`, { cause: error });
      await delay(50);
    }
  }
}
