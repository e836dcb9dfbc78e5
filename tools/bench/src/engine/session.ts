import { readFile, writeFile } from 'node:fs/promises';
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
import { MeshwrightError, Message, type RepositoryStatus, workflowId } from '@meshwright/model';
import { connectTemporal, type TemporalConnection } from '@meshwright/temporal';
import {
  ISTIO_VERSION,
  istioCharts,
  istioValues,
  type Testbed,
  type TestbedProfile,
  waitFor,
} from '@meshwright/testbed';
import { parseDocument } from 'yaml';
import { type BenchmarkOptions, programPart, withDirectory, withTestbed } from '../benchmark.ts';
import { createPatternsRepository, type PatternsRepository } from './patterns.ts';

/** The whole engine on real parts: a cluster, Temporal, a repository, and the standalone worker as a process. */
export interface EngineSession {
  testbed: Testbed;
  surroundings: Surroundings;
  engine: Engine;
  temporal: TemporalConnection;
  patterns: PatternsRepository;
}

export interface SessionOptions {
  benchmark: string;
  profile: TestbedProfile;
  /** Serves the repository over HTTP, as another machine would: its files cannot be watched then. */
  overHttp?: boolean;
  /** Changes the fields of the repository in `meshwright.yaml`, and adds others beside it. */
  configure?: { repository: Record<string, unknown>; others: Record<string, unknown> };
}

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
  const { repository, others } = session.configure ?? { repository: {}, others: {} };
  const url = served === undefined ? {} : { url: `${served}${basename(workspace.repository)}` };
  await changeConfiguration(workspace, { repository: { ...url, ...repository }, others });
  const places = { bare: workspace.repository, workingCopy: join(directory, 'working-copy') };
  const values = simulated ? {} : { istiod: { ...istioValues(ISTIO_VERSION) } };
  const patterns = await createPatternsRepository(places, values);
  const standIn = simulated ? standInForIstiod(surroundings.kubeconfig) : undefined;
  const temporal = await connectTemporal(surroundings.temporal);
  const engine = await startEngine(workspace);
  try {
    const working = untilWatching(temporal, options.signal).then(() =>
      body({ testbed, surroundings, engine, temporal, patterns }),
    );
    return await Promise.race([working, engine.ended]);
  } catch (error) {
    await tellLog(workspace, options);
    throw error;
  } finally {
    await engine.stop();
    await temporal.close();
    await standIn?.stop();
  }
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
    istioCharts: await istioCharts({ install, progress, signal }),
  };
}

async function changeConfiguration(
  { configuration }: Workspace,
  { repository, others }: NonNullable<SessionOptions['configure']>,
): Promise<void> {
  const document = parseDocument(await readFile(configuration, 'utf8'));
  for (const [field, value] of Object.entries(repository)) {
    document.setIn(['repositories', 0, field], document.createNode(value));
  }
  for (const [field, value] of Object.entries(others)) document.set(field, document.createNode(value));
  await writeFile(configuration, document.toString(), { mode: 0o600 });
}

/** The watch answers when the engine's workers have taken up its workflow. */
async function untilWatching({ client }: TemporalConnection, signal: AbortSignal): Promise<void> {
  const handle = client.workflow.getHandle(workflowId.repository(repositoryName));
  await waitFor(
    () =>
      handle.query<RepositoryStatus>(Message.repositoryStatus).then(
        () => undefined,
        () => 'its repository is not watched yet',
      ),
    { what: 'the standalone worker', seconds: readySeconds, signal },
  );
}

/** The log goes with its directory, so its end is shown while it is there. */
async function tellLog({ log }: Workspace, { progress, signal }: BenchmarkOptions): Promise<void> {
  if (signal.aborted) return;
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-20);
  progress.note(['The end of the log of the standalone worker:', ...lines].join('\n'));
}
