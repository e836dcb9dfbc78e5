import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Readable } from 'node:stream';
import { parseDocument } from 'yaml';
import { runCli } from '@meshwright/cli';
import { messageOf } from '@meshwright/model';
import { connectTemporal, type TemporalConnection } from '@meshwright/temporal';
import {
  ensurePart,
  silentProgress,
  stateRoot,
  stopTestbed,
  type Testbed,
  waitFor,
} from '@meshwright/testbed';
import { type Engine, startEngine } from '../engine.ts';
import { type StandIn, standInForIstiod } from '../stand-in.ts';
import { prepareStage, type Stage } from '../surroundings.ts';
import { type Workspace, workspaceIn, writeConfiguration } from '../workspace.ts';
import { createPatternsRepository, type PatternsRepository } from './patterns-repository.ts';

const execute = promisify(execFile);

/** Long enough for a busy machine, a lost worker's heartbeat and the longest pause between two attempts. */
const patienceSeconds = 300;

/** Everything of one engine on real parts, each of which a test may take away. */
export interface Scene {
  testbed: Testbed;
  workspace: Workspace;
  patterns: PatternsRepository;
  temporal: TemporalConnection;
  kubectl: (...args: string[]) => Promise<string>;
  /** Writes a file that is gone when the scene is, and gives its path. */
  write(content: string): Promise<string>;
  /** Starts the standalone worker. */
  startEngine(): Promise<void>;
  /** Ends it without a warning, as a machine that loses its power does. */
  killEngine(): Promise<void>;
  stopEngine(): Promise<void>;
  /** From now on simulated pods of istiod do what Meshwright waits for. */
  startStandIn(): void;
  stopStandIn(): Promise<void>;
  /** What a command of `meshwright` prints as JSON. */
  meshwright(...args: string[]): Promise<unknown>;
  /** What a command of `meshwright` prints for people in the working copy, without colours and on lines as long as it takes. */
  read(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** What a scene may have that is not usual. */
export interface SceneOptions {
  /** What its testbed is named after. */
  purpose?: string;
  /** Directories of charts by their mesh, beside Istio's. */
  charts?: Readonly<Record<string, string>>;
  /** Calls off bringing it up. */
  signal?: AbortSignal;
}

/** Brings everything up; the worker is not started yet. */
export async function openScene(
  profile: 'control-plane' | 'node',
  { purpose = 'bad-days', charts, signal = new AbortController().signal }: SceneOptions = {},
): Promise<Scene> {
  const name = `${purpose}-${randomBytes(4).toString('hex')}`;
  const prepared = await prepareStage(name, { profile, install: true }, silentProgress, signal).catch(
    async (error: unknown) => {
      await stopTestbed(name, { remove: true });
      throw error;
    },
  );
  const { testbed, surroundings } = prepared;
  const stage = {
    ...prepared,
    surroundings: { ...surroundings, charts: { ...surroundings.charts, ...charts } },
  };
  if (testbed === undefined) throw new Error('The stage has no testbed.');
  const workspace = workspaceIn(join(stateRoot(), `${name}-workspace`));
  const remove = async (): Promise<void> => {
    await testbed.stop({ remove: true });
    await rm(workspace.directory, { recursive: true, force: true });
  };
  try {
    return await sceneOn({ stage, testbed, workspace, remove });
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Ground {
  stage: Stage;
  testbed: Testbed;
  workspace: Workspace;
  remove: () => Promise<void>;
}

async function sceneOn({ stage, testbed, workspace, remove }: Ground): Promise<Scene> {
  const { surroundings } = stage;
  await writeConfiguration(workspace, surroundings);
  const patterns = await createPatternsRepository(workspace.repository, stage);
  const kubectl = await ensurePart('kubectl');
  const temporal = await connectTemporal(surroundings.temporal);
  const running: { engine?: Engine | undefined; standIn?: StandIn | undefined } = {};
  const scene: Scene = {
    testbed,
    workspace,
    patterns,
    temporal,
    async kubectl(...args) {
      const connection = ['--kubeconfig', surroundings.kubeconfig, '--request-timeout=20s'];
      return (await execute(kubectl, [...connection, ...args], { maxBuffer: 256 * 1024 * 1024 })).stdout;
    },
    async write(content) {
      const path = join(workspace.directory, `${randomBytes(4).toString('hex')}.yaml`);
      await writeFile(path, content);
      return path;
    },
    async startEngine() {
      running.engine = await startEngine(workspace);
    },
    async killEngine() {
      if (running.engine === undefined) throw new Error('The worker does not run.');
      process.kill(running.engine.pid, 'SIGKILL');
      await running.engine.ended.catch(() => undefined);
      running.engine = undefined;
    },
    async stopEngine() {
      await running.engine?.stop();
      running.engine = undefined;
    },
    startStandIn() {
      running.standIn ??= standInForIstiod(surroundings.kubeconfig);
    },
    async stopStandIn() {
      await running.standIn?.stop();
      running.standIn = undefined;
    },
    async meshwright(...args) {
      const words = [...args, '--json', '--config', workspace.configuration];
      return JSON.parse(await run(words, { cwd: process.cwd(), columns: 160 })) as unknown;
    },
    read: (...args) =>
      run([...args, '--no-color', '--config', workspace.configuration], {
        cwd: workspace.repository,
        columns: 10_000,
      }),
    async stop() {
      await scene.stopEngine();
      await scene.stopStandIn();
      await temporal.close();
      await remove();
    },
  };
  return scene;
}

/** What a command prints as its result. @throws Error with what it says beside it, where it prints none. */
async function run(args: string[], { cwd, columns }: { cwd: string; columns: number }): Promise<string> {
  const written = { out: '', err: '' };
  const output = (stream: keyof typeof written) => ({
    isTerminal: false,
    columns: () => columns,
    rows: () => 40,
    write: (text: string) => void (written[stream] += text),
  });
  await runCli(args, {
    cwd,
    env: process.env,
    stdout: output('out'),
    stderr: output('err'),
    stdin: () => Readable.from([]),
    interactive: false,
    ask: () => Promise.resolve(undefined),
    interrupted: new AbortController().signal,
    now: () => Date.now(),
  });
  if (written.out === '') throw new Error(`meshwright ${args.join(' ')} printed nothing: ${written.err}`);
  return written.out;
}

/** Has an image that cannot be pulled fail its stage soon: of a registry that is nowhere, nothing more will come. */
export function impatient(configuration: string): string {
  const document = parseDocument(configuration);
  document.setIn(['targets', 0, 'imagePatience'], '10s');
  return document.toString();
}

/** Changes the configuration; the worker reads it when it starts. */
export async function editConfiguration(
  { configuration }: Workspace,
  edit: (text: string) => string,
): Promise<void> {
  await writeFile(configuration, edit(await readFile(configuration, 'utf8')));
}

/** Looks until there is something to see; what goes wrong meanwhile may pass, and is told when it does not. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T> {
  let seen: T | undefined;
  await waitFor(
    async () => {
      try {
        seen = await look();
        return seen === undefined ? 'not seen yet' : undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
    {
      what,
      seconds: patienceSeconds,
      intervalMilliseconds: 200,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  return seen as T;
}
