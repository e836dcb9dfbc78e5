import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { startGitHttpServer } from '@meshwright/git/test-support';
import {
  type Engine,
  standInForIstiod,
  startEngine,
  type Surroundings,
  type Workspace,
  workspaceIn,
  writeConfiguration,
} from '@meshwright/quickstart';
import { MeshwrightError, Message, type RepositoryStatus, TaskQueue, workflowId } from '@meshwright/model';
import { connectTemporal, type TemporalConnection } from '@meshwright/temporal';
import {
  ISTIO_VERSION,
  istioCharts,
  istioValues,
  type Testbed,
  type TestbedProfile,
  waitFor,
} from '@meshwright/testbed';
import proto from '@temporalio/proto';
import { parseDocument } from 'yaml';
import { type BenchmarkOptions, programPart, withDirectory, withTestbed } from '../benchmark.ts';
import { createPatternsRepository, type PatternsRepository } from './patterns.ts';

/** The whole engine on real parts: a cluster, Temporal, a repository, and the standalone worker as a process. */
export interface EngineSession {
  testbed: Testbed;
  surroundings: Surroundings;
  /** Where the engine's files are. */
  workspace: Workspace;
  /** The process that runs now. */
  readonly engine: Engine;
  temporal: TemporalConnection;
  patterns: PatternsRepository;
  /** Ends the engine, forgets all charts and what was rendered of them, and starts it anew; it polls when this is done. */
  restartEmpty(): Promise<void>;
}

export interface SessionOptions {
  benchmark: string;
  profile: TestbedProfile;
  /** Serves the repository over HTTP, as another machine would: its files cannot be watched then. */
  overHttp?: boolean;
  /** Changes the fields of the repository in `meshwright.yaml`, and adds others beside it. */
  configure?: { repository: Record<string, unknown>; others?: Record<string, unknown> };
}

const { TaskQueueType } = proto.temporal.api.enums.v1;
const repositoryName = 'patterns';
const readySeconds = 120;

/** Runs the body with an engine that watches a repository without commits; takes everything down after it. */
export function withEngine<Result>(
  session: SessionOptions,
  options: BenchmarkOptions,
  body: (session: EngineSession) => Promise<Result>,
): Promise<Result> {
  return withTestbed({ ...session, temporal: true }, options, (testbed) =>
    withDirectory((directory) =>
      withGitServer(session, directory, (served) =>
        runSession({ testbed, directory, served, session, options }, body),
      ),
    ),
  );
}

async function withGitServer<Result>(
  { overHttp = false }: SessionOptions,
  directory: string,
  body: (url: string | undefined) => Promise<Result>,
): Promise<Result> {
  if (!overHttp) return body(undefined);
  const server = await startGitHttpServer(directory);
  try {
    return await body(server.url);
  } finally {
    await server.stop();
  }
}

interface Place {
  testbed: Testbed;
  directory: string;
  /** Where the directory is served over HTTP, with a slash at its end. */
  served: string | undefined;
  session: SessionOptions;
  options: BenchmarkOptions;
}

async function runSession<Result>(
  { testbed, directory, served, session, options }: Place,
  body: (session: EngineSession) => Promise<Result>,
): Promise<Result> {
  const surroundings = await surroundingsOf(testbed, options);
  const workspace = workspaceIn(directory);
  const simulated = testbed.profile !== 'node';
  await writeConfiguration(workspace, surroundings);
  const { repository, others = {} } = session.configure ?? { repository: {} };
  const url = served === undefined ? {} : { url: `${served}${basename(workspace.repository)}` };
  await changeConfiguration(workspace, { repository: { ...url, ...repository }, others });
  const places = { bare: workspace.repository, workingCopy: join(directory, 'working-copy') };
  const values = simulated ? {} : { istiod: { ...istioValues(ISTIO_VERSION) } };
  const patterns = await createPatternsRepository(places, values);
  const standIn = simulated ? standInForIstiod(surroundings.kubeconfig) : undefined;
  const temporal = await connectTemporal(surroundings.temporal);
  const engines = await runEngines(workspace);
  const ready = (): Promise<void> => untilPolling(temporal, engines.current.pid, options.signal);
  const running: EngineSession = {
    testbed,
    surroundings,
    workspace,
    get engine() {
      return engines.current;
    },
    temporal,
    patterns,
    async restartEmpty() {
      await engines.restart(() => rm(join(workspace.directory, 'charts'), { recursive: true, force: true }));
      await ready();
    },
  };
  try {
    return await Promise.race([ready().then(() => body(running)), engines.ended]);
  } catch (error) {
    await tellLog(workspace, options);
    throw error;
  } finally {
    await engines.current.stop();
    await temporal.close();
    await standIn?.stop();
  }
}

/** One engine after the other. */
interface Engines {
  readonly current: Engine;
  /** Rejects when one ends by itself. */
  ended: Promise<never>;
  /** Ends the one that runs, does this, and starts another. */
  restart(between: () => Promise<void>): Promise<void>;
}

async function runEngines(workspace: Workspace): Promise<Engines> {
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const start = async (): Promise<Engine> => {
    const engine = await startEngine(workspace);
    engine.ended.catch(ended.reject);
    return engine;
  };
  let current = await start();
  return {
    get current() {
      return current;
    },
    ended: ended.promise,
    async restart(between) {
      await current.stop();
      await between();
      current = await start();
    },
  };
}

async function surroundingsOf(testbed: Testbed, options: BenchmarkOptions): Promise<Surroundings> {
  const { install, progress, signal } = options;
  const { temporal } = testbed;
  if (temporal === undefined) throw new MeshwrightError('INTERNAL', 'The testbed has no Temporal server.');
  const { path: helm } = await programPart('helm', options);
  return {
    kubeconfig: testbed.kubeconfig,
    temporal: { address: temporal.address, namespace: temporal.namespace, ui: temporal.ui },
    helm,
    charts: { istio: await istioCharts({ install, progress, signal }) },
  };
}

async function changeConfiguration(
  { configuration }: Workspace,
  { repository, others }: Required<NonNullable<SessionOptions['configure']>>,
): Promise<void> {
  const document = parseDocument(await readFile(configuration, 'utf8'));
  for (const [field, value] of Object.entries(repository)) {
    document.setIn(['repositories', 0, field], document.createNode(value));
  }
  for (const [field, value] of Object.entries(others)) document.set(field, document.createNode(value));
  await writeFile(configuration, document.toString(), { mode: 0o600 });
}

/** The watch answers and the cluster's agent polls; pollers of processes that have ended are listed for a while. */
async function untilPolling({ client }: TemporalConnection, pid: number, signal: AbortSignal): Promise<void> {
  const handle = client.workflow.getHandle(workflowId.repository(repositoryName));
  const what = 'the standalone worker';
  await waitFor(
    () =>
      handle.query<RepositoryStatus>(Message.repositoryStatus).then(
        () => undefined,
        () => 'its repository is not watched yet',
      ),
    { what, seconds: readySeconds, signal },
  );
  const queue = {
    namespace: client.options.namespace,
    taskQueue: { name: TaskQueue.cluster('local') },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
  };
  await waitFor(
    async () => {
      const { pollers } = await client.workflowService.describeTaskQueue(queue);
      const polls = pollers.some(({ identity }) => identity?.startsWith(`${pid}@`));
      return polls ? undefined : 'no process of this id polls for the cluster yet';
    },
    { what, seconds: readySeconds, signal },
  );
}

/** The log goes with its directory, so its end is shown while it is there. */
async function tellLog({ log }: Workspace, { progress, signal }: BenchmarkOptions): Promise<void> {
  if (signal.aborted) return;
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-20);
  progress.note(['The end of the log of the standalone worker:', ...lines].join('\n'));
}
