import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { startControlPlane } from './control-plane/control-plane.ts';
import { startKwok } from './control-plane/kwok.ts';
import type { TestbedHost } from './host.ts';
import { withLock, type LockOptions } from './locking.ts';
import { startNodeProfile, stopNodeProfile } from './node/index.ts';
import { partContext } from './parts/ensure.ts';
import { requireTestbedName, stateRoot } from './paths.ts';
import { processIdentity } from './processes/identity.ts';
import { openProcessGroup, type ProcessGroup } from './processes/process-group.ts';
import { silentProgress, type ProgressReporter } from './progress/progress.ts';
import {
  readState,
  writeState,
  type KubernetesEndpoint,
  type TestbedOwner,
  type TestbedProfile,
  type TestbedState,
} from './state.ts';
import {
  startTemporalServer,
  type RunningTemporalServer,
  type TemporalEndpoint,
  type TemporalServerOptions,
} from './temporal/dev-server.ts';

export interface TestbedOptions {
  readonly name: string;
  readonly profile: TestbedProfile;
  /** Default true. */
  readonly temporal?: boolean | TemporalServerOptions;
  /** Default true. */
  readonly kubernetes?: boolean;
  /** kwok nodes of the control-plane profile. Default 1. */
  readonly nodes?: number;
  /** Default: `<state root>/<name>`. */
  readonly stateDirectory?: string;
  /** False refuses to install packages of the distribution. Default true. */
  readonly install?: boolean;
  /** True makes the testbed one that belongs to this process: another run may clear it away when this one is gone. */
  readonly owned?: boolean;
  readonly progress?: ProgressReporter;
  readonly signal?: AbortSignal;
}

/** A testbed that answers. */
export interface Testbed {
  readonly name: string;
  readonly profile: TestbedProfile;
  readonly directory: string;
  /** @throws MeshwrightError `INVALID_INPUT` when it was started without Kubernetes; so does `apiServer`. */
  readonly kubeconfig: string;
  readonly apiServer: string;
  readonly temporal: TemporalEndpoint | undefined;
  /** True when everything asked for ran already. */
  readonly reused: boolean;
  stop(options?: StopOptions): Promise<void>;
}

export interface StopOptions {
  /** True deletes its data as well. Default false: a later start finds the same cluster and workflow runs. */
  readonly remove?: boolean;
  readonly stateDirectory?: string;
  readonly progress?: ProgressReporter;
}

export interface StopResult {
  /** The programs that ran, the last started first. */
  readonly stopped: readonly string[];
  readonly removed: boolean;
}

const LOCK_SECONDS = 30 * 60;
const TEMPORAL = 'temporal';

/**
 * Starts a testbed, or what is missing of it, and waits until it answers. What runs already is left running. A start that
 * fails stops everything of this testbed that it started.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` with the remedy, `NOT_READY` with the last log lines, `INVALID_INPUT` for
 * a bad name or another profile than the one that runs.
 */
export async function startTestbed(options: TestbedOptions): Promise<Testbed> {
  const directory = testbedDirectory(options.name, options.stateDirectory);
  return withLock(lockPath(directory), lockOptions(options), async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const before = await readState(directory);
    if (before === undefined) await refuseForeignDirectory(directory);
    const host = openHost(options, directory, before);
    const wanted = { kubernetes: options.kubernetes ?? true, temporal: (options.temporal ?? true) !== false };
    const runs = await whatRuns(host.processes, before);
    if (before !== undefined && runs.kubernetes && before.profile !== options.profile) {
      throw new MeshwrightError(
        'INVALID_INPUT',
        `the testbed ${options.name} runs with the profile ${before.profile}, not ${options.profile}`,
        { remedy: 'Stop it first, or give the other one another name.' },
      );
    }
    if (
      before !== undefined &&
      (!wanted.kubernetes || runs.kubernetes) &&
      (!wanted.temporal || runs.temporal)
    ) {
      return testbedOf(before, directory, true);
    }
    const state = await startMissing(host, options, before, {
      kubernetes: wanted.kubernetes && !runs.kubernetes,
      temporal: wanted.temporal && !runs.temporal,
    });
    return testbedOf(state, directory, false);
  });
}

/**
 * Stops a testbed: no process, mount, network device or control group of it is left. One that does not run, or is not
 * there, is no error.
 */
export async function stopTestbed(name: string, options: StopOptions = {}): Promise<StopResult> {
  const directory = testbedDirectory(name, options.stateDirectory);
  return withLock(lockPath(directory), lockOptions({ name, ...options }), async () => {
    const state = await readState(directory);
    const processes = openProcessGroup(directory);
    const task = (options.progress ?? silentProgress).begin(`stopping the testbed ${name}`);
    const running = (await processes.list()).filter((process) => process.running);
    await stopKubernetes(processes, directory, state?.profile);
    await processes.stop(TEMPORAL);
    const stopped = running.map((process) => process.name).reverse();
    const removed = options.remove === true && state !== undefined;
    if (removed) await rm(directory, { recursive: true, force: true });
    task.succeed(stopped.length === 0 ? 'nothing ran' : stopped.join(', '));
    return { stopped, removed };
  });
}

/** The directory of a testbed. */
export function testbedDirectory(name: string, stateDirectory?: string): string {
  requireTestbedName(name);
  return stateDirectory === undefined ? join(stateRoot(), name) : resolve(stateDirectory);
}

/** Beside all testbeds rather than inside one, since it must outlive the directory. */
function lockPath(directory: string): string {
  const id = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return join(stateRoot(), '.locks', id);
}

function lockOptions({
  name,
  progress,
  signal,
}: Pick<TestbedOptions, 'name' | 'progress' | 'signal'>): LockOptions {
  const onWait = (): void => progress?.note(`waiting for another command that works on the testbed ${name}`);
  return { seconds: LOCK_SECONDS, onWait, ...(signal === undefined ? {} : { signal }) };
}

/** What is removed with a testbed is its whole directory, so nothing else may lie there. */
async function refuseForeignDirectory(directory: string): Promise<void> {
  if ((await readdir(directory)).length === 0) return;
  throw new MeshwrightError('INVALID_INPUT', `${directory} is not empty and holds no testbed`, {
    remedy: 'Name an empty directory, or one that does not exist yet.',
  });
}

/** Which halves of a testbed run: all their programs do, and the start that made them ended well. */
export async function whatRuns(
  processes: ProcessGroup,
  state: TestbedState | undefined,
): Promise<{ kubernetes: boolean; temporal: boolean }> {
  const all = await processes.list();
  const temporal = all.filter(({ name }) => name === TEMPORAL);
  const kubernetes = all.filter(({ name }) => name !== TEMPORAL);
  const allRun = (list: typeof all): boolean => list.length > 0 && list.every(({ running }) => running);
  return {
    kubernetes: state?.kubernetes !== undefined && allRun(kubernetes),
    temporal: state?.temporal !== undefined && allRun(temporal),
  };
}

function openHost(options: TestbedOptions, directory: string, before: TestbedState | undefined): TestbedHost {
  const progress = options.progress ?? silentProgress;
  const { signal } = options;
  return {
    name: options.name,
    directory,
    progress,
    signal,
    processes: openProcessGroup(directory, signal),
    parts: partContext({
      progress,
      signal,
      ...(options.install === undefined ? {} : { install: options.install }),
    }),
    preferredPorts: before?.ports ?? {},
  };
}

async function startMissing(
  host: TestbedHost,
  options: TestbedOptions,
  before: TestbedState | undefined,
  missing: { kubernetes: boolean; temporal: boolean },
): Promise<TestbedState> {
  const { directory, processes } = host;
  if (missing.kubernetes) await stopKubernetes(processes, directory, before?.profile);
  if (missing.temporal) await processes.stop(TEMPORAL);
  const owner = options.owned === true ? await thisProcess() : before?.owner;
  const base: TestbedState = {
    name: host.name,
    profile: missing.kubernetes ? options.profile : (before?.profile ?? options.profile),
    createdAt: before?.createdAt ?? new Date().toISOString(),
    ports: before?.ports ?? {},
    ...(owner === undefined ? {} : { owner }),
  };
  // Written first, so that a start that is killed half-way can still be found and stopped.
  await writeState(directory, base);
  const [kubernetes, temporal] = await Promise.allSettled([
    missing.kubernetes ? startKubernetes(host, options) : undefined,
    missing.temporal ? startTemporalServer(host, temporalOptions(options)) : undefined,
  ]);
  const failure = [kubernetes, temporal].find((result) => result.status === 'rejected');
  if (failure?.status === 'rejected') {
    if (missing.kubernetes) await stopKubernetes(processes, directory, options.profile);
    if (missing.temporal) await processes.stop(TEMPORAL);
    if (before !== undefined) await writeState(directory, before);
    throw failure.reason;
  }
  const kubernetesNow =
    (kubernetes.status === 'fulfilled' ? kubernetes.value : undefined) ?? before?.kubernetes;
  const temporalNow = (temporal.status === 'fulfilled' ? temporal.value : undefined) ?? before?.temporal;
  const state = { ...base, ...joined(base.ports, kubernetesNow, temporalNow) };
  await writeState(directory, state);
  return state;
}

interface StartedKubernetes extends KubernetesEndpoint {
  readonly ports: Readonly<Record<string, number>>;
}

async function startKubernetes(
  host: TestbedHost,
  { profile, nodes }: TestbedOptions,
): Promise<StartedKubernetes> {
  if (profile === 'node') return startNodeProfile(host);
  const controlPlane = await startControlPlane(host);
  await startKwok(host, controlPlane, nodes ?? 1);
  return controlPlane;
}

function temporalOptions({ temporal }: TestbedOptions): TemporalServerOptions {
  return typeof temporal === 'object' ? temporal : {};
}

/** The endpoints without what only the start needed, and the ports of all. */
function joined(
  ports: TestbedState['ports'],
  kubernetes: (KubernetesEndpoint & Partial<StartedKubernetes>) | undefined,
  temporal: (TemporalEndpoint & Partial<RunningTemporalServer>) | undefined,
): Pick<TestbedState, 'ports' | 'kubernetes' | 'temporal'> {
  return {
    ports: { ...ports, ...kubernetes?.ports, ...temporal?.ports },
    ...(kubernetes === undefined
      ? {}
      : { kubernetes: { kubeconfig: kubernetes.kubeconfig, apiServer: kubernetes.apiServer } }),
    ...(temporal === undefined
      ? {}
      : { temporal: { address: temporal.address, ui: temporal.ui, namespace: temporal.namespace } }),
  };
}

/** Everything but Temporal, the last started first. A node goes before its control plane. */
async function stopKubernetes(
  processes: ProcessGroup,
  directory: string,
  profile: TestbedProfile | undefined,
): Promise<void> {
  if (profile === 'node') await stopNodeProfile({ directory, processes });
  for (const { name } of (await processes.list()).reverse()) {
    if (name !== TEMPORAL) await processes.stop(name);
  }
}

async function thisProcess(): Promise<TestbedOwner> {
  const identity = await processIdentity(process.pid);
  if (identity === undefined)
    throw new MeshwrightError('INTERNAL', 'this process cannot tell its own identity');
  return { pid: process.pid, identity };
}

function testbedOf(state: TestbedState, directory: string, reused: boolean): Testbed {
  const kubernetes = (): KubernetesEndpoint => {
    if (state.kubernetes !== undefined) return state.kubernetes;
    throw new MeshwrightError('INVALID_INPUT', `the testbed ${state.name} was started without Kubernetes`);
  };
  return {
    name: state.name,
    profile: state.profile,
    directory,
    get kubeconfig() {
      return kubernetes().kubeconfig;
    },
    get apiServer() {
      return kubernetes().apiServer;
    },
    temporal: state.temporal,
    reused,
    async stop(options) {
      await stopTestbed(state.name, { ...options, stateDirectory: directory });
    },
  };
}
