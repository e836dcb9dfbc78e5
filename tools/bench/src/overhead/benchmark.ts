import { join } from 'node:path';
import { Arrivals, type BaselineInput, Contrast, LoadProtocol, MeshwrightError } from '@meshwright/model';
import { openResults, type ResultsStore } from '@meshwright/results';
import { ISTIO_VERSION } from '@meshwright/testbed';
import {
  type Benchmark,
  type BenchmarkOptions,
  type Findings,
  makeReport,
  programPart,
} from '../benchmark.ts';
import { measureBaseline } from '../engine/baselines.ts';
import { installByCommit, probe } from '../engine/probe.ts';
import { type EngineSession, withEngine } from '../engine/session.ts';
import { type Arm, interleave } from '../measuring/arms.ts';
import { caseReport } from '../measuring/report.ts';
import { runProgram } from '../programs.ts';
import { checkoutContent } from '../upgrade/workloads.ts';
import { overheadOf } from './overhead.ts';

const pairs = { usual: 5, quick: 1 };
const trialSeconds = { usual: 60, quick: 5 };
/** A test of 60 s is to be stored after 61.5 s at most. */
const goalMilliseconds = 1_500;
const rate = 100;
/** Fortio gives each the same whole number of requests. */
const connections = 4;
const address = 'http://server:8080/';

/**
 * What a trial takes beside its load. Meshwright's time is from before the workflow `performanceBaseline` is asked for until
 * its result is here, which is after it was kept; that the results database has it is looked at afterwards. The least that
 * it measures is one block, so two trials, one after the other without a warm-up: what both took beside their load is
 * shared by them, so one alone would take at most twice that. The start of the command `meshwright` itself is not in it. The bare tool is the same Fortio in the same pod,
 * run by kubectl, from the start of kubectl to its end.
 */
export const overheadBenchmark: Benchmark = {
  name: 'overhead',
  summary:
    'what a trial of 60 s takes beside its load until it is stored, and what bare Fortio takes (Linux, root)',
  run: (options) => makeReport('overhead', options, () => measureOverhead(options)),
};

function measureOverhead(options: BenchmarkOptions): Promise<Findings> {
  return withEngine({ benchmark: 'overhead', profile: 'node' }, options, async (session) => {
    const { progress, signal } = options;
    const task = progress.begin('a mesh with two workloads');
    await installByCommit(session, await checkoutContent(), signal);
    // What is done for the first time only is done before.
    await measureBaseline(session.temporal, inputOf(1, 'first'), signal);
    task.succeed();
    const store = await openResults({ sqlite: join(session.workspace.directory, 'results.db') });
    try {
      return await measureOn(session, store, options);
    } finally {
      await store.close();
    }
  });
}

async function measureOn(
  session: EngineSession,
  store: ResultsStore,
  options: BenchmarkOptions,
): Promise<Findings> {
  const { quick, progress, signal } = options;
  const { repetitions = quick ? pairs.quick : pairs.usual } = options;
  const { seconds = quick ? trialSeconds.quick : trialSeconds.usual } = options;
  const kubectl = await programPart('kubectl', options);
  const arms = [
    bareArm({ kubectl: kubectl.path, kubeconfig: session.testbed.kubeconfig, seconds, signal }),
    engineArm({ session, store, seconds, signal }),
  ];
  const title = `a trial of ${seconds} s at ${rate} requests a second, beside its load`;
  const found = await interleave(arms, { title, repetitions, warmUps: 0, progress, signal });
  const limits = [{ arm: 'meshwright', statistic: 'max', goal: goalMilliseconds }] as const;
  return {
    versions: { istio: ISTIO_VERSION, kubectl: kubectl.version ?? 'unknown' },
    notes: [
      `Times are those beyond the ${seconds} s of load of a trial.`,
      'Meshwright: from before a performanceBaseline of one block is started until its result is here, which is after it was kept in the results database, less the load of its two trials, divided by two; sent by the same pod. The start and the end of the workflow are shared by both: a trial alone would take at most twice the figure. A trial that was not valid and so repeated counts as one more.',
      'fortio: kubectl exec of fortio load in that pod, from the start of kubectl to its end; its result is printed and not stored.',
    ],
    cases: [caseReport({ name: title, unit: 'ms', limits }, arms, found)],
  };
}

interface BareFortio {
  kubectl: string;
  kubeconfig: string;
  seconds: number;
  signal: AbortSignal;
}

function bareArm({ kubectl, kubeconfig, seconds, signal }: BareFortio): Arm {
  const load = [
    '-qps',
    String(rate),
    '-c',
    String(connections),
    '-t',
    `${seconds}s`,
    '-uniform',
    '-nocatchup',
  ];
  const fortio = ['fortio', 'load', '-quiet', '-json', '-', ...load, address];
  const pod = ['exec', `--namespace=${probe.namespace}`, 'deployment/client', '--container=client'];
  return {
    name: 'fortio',
    description: 'fortio load in the pod, by kubectl exec',
    async measure() {
      const args = ['--kubeconfig', kubeconfig, ...pod, '--', ...fortio];
      const { milliseconds } = await runProgram(kubectl, args, { signal, seconds: seconds + 60 });
      return { value: overheadOf({ milliseconds, seconds, trials: 1 }), details: { whole: milliseconds } };
    },
  };
}

interface EngineGround {
  session: EngineSession;
  store: ResultsStore;
  seconds: number;
  signal: AbortSignal;
}

function engineArm({ session, store, seconds, signal }: EngineGround): Arm {
  return {
    name: 'meshwright',
    description: 'a performanceBaseline of one block, for each of its trials',
    async measure(repetition) {
      const input = inputOf(seconds, String(repetition));
      const { status, runId, milliseconds, trials } = await measureBaseline(session.temporal, input, signal);
      if ((await store.get(runId)) === undefined) {
        const why = status.notKept ?? 'without a reason';
        throw new MeshwrightError('INTERNAL', `${input.name} is not in the results database: ${why}`);
      }
      const details = { whole: milliseconds, trials };
      return { value: overheadOf({ milliseconds, seconds, trials }), details };
    },
  };
}

/** A look after the first block ends it there. */
function inputOf(seconds: number, name: string): BaselineInput {
  const path = { probe, endpoint: { protocol: LoadProtocol.http1, address } };
  const load = { rate, connections, warmUpSeconds: 0, seconds, timeoutSeconds: 5 };
  return {
    name: `bench-overhead-${name}`,
    agent: 'local',
    generator: 'fortio',
    contrast: Contrast.concurrent,
    paths: { a: path, b: path },
    load: { ...load, arrivals: Arrivals.uniform },
    metrics: [{ name: 'p50', unit: 'ms' }],
    looks: [1],
    seed: 1,
  };
}
