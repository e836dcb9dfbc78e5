import { setTimeout as delay } from 'node:timers/promises';
import { ISTIO_VERSION } from '@meshwright/testbed';
import { type Benchmark, type BenchmarkOptions, type Findings, makeReport } from '../benchmark.ts';
import { awaitRollout } from '../engine/rollouts.ts';
import { type EngineSession, withEngine } from '../engine/session.ts';
import type { Repetition } from '../measuring/arms.ts';
import { readMemory } from '../measuring/memory.ts';
import { caseReport, type CaseReport } from '../measuring/report.ts';

const commits = { usual: 50, quick: 5 };
const goalMiB = 400;
/** How long nothing happens before the memory is read. */
const restMilliseconds = 10_000;

/** The memory of the whole engine in one process. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  summary:
    'resident memory of the standalone process with one cluster: idle, after an install, after 50 commits',
  run: (options) => makeReport('memory', options, () => measureMemory(options)),
};

async function measureMemory(options: BenchmarkOptions): Promise<Findings> {
  const { repetitions = 1 } = options;
  const found: Moment[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    const session = { benchmark: 'memory', profile: 'control-plane' } as const;
    found.push(
      ...(await withEngine(session, options, (running) => watchMemory(running, repetition, options))),
    );
  }
  const moments = [...new Set(found.map(({ moment }) => moment))];
  return {
    versions: { istio: ISTIO_VERSION },
    notes: [
      `VmRSS of proc(5), after ${restMilliseconds / 1000} s of rest; the peak is VmHWM at the end. Every repetition is a new process with a new cluster.`,
      'One process has the orchestrator, the git watcher and the agent of one cluster; helm and git are processes of their own, for moments, and not in the figures.',
      'Pods are simulated; the rollouts are real and render and compare the whole mesh.',
    ],
    cases: moments.map((moment) => momentReport(moment, found)),
  };
}

/** What the memory was at one moment of a process's life. */
interface Moment {
  moment: string;
  sample: Repetition;
}

async function watchMemory(
  { engine, patterns, temporal }: EngineSession,
  repetition: number,
  { quick, progress, signal }: BenchmarkOptions,
): Promise<Moment[]> {
  const found: Moment[] = [];
  const record = (moment: string, value: number): void => {
    const sample = { repetition, arm: 'standalone', place: 1, startedAt: new Date().toISOString(), value };
    found.push({ moment, sample });
  };
  const rest = async (moment: string): Promise<void> => {
    await delay(restMilliseconds, undefined, { signal });
    record(moment, (await readMemory(engine.pid)).resident);
  };
  const total = quick ? commits.quick : commits.usual;
  await rest('idle after the start');
  const task = progress.begin('memory of the standalone process');
  for (let revision = 1; revision <= total; revision += 1) {
    task.update({ done: revision - 1, total, detail: 'commits' });
    const { commit } = await patterns.push(revision);
    await awaitRollout(temporal, commit, signal);
    if (revision === 1) await rest('after the install');
  }
  await rest(`after ${total} commits`);
  record('peak', (await readMemory(engine.pid)).peak);
  task.succeed();
  return found;
}

function momentReport(name: string, found: readonly Moment[]): CaseReport {
  const samples = found.filter(({ moment }) => moment === name).map(({ sample }) => sample);
  const arm = {
    name: 'standalone',
    description: 'orchestrator, git watcher and one cluster agent in one process',
  };
  const limits = [{ arm: arm.name, statistic: 'max', goal: goalMiB } as const];
  return caseReport({ name: `resident memory, ${name}`, unit: 'MiB', limits }, [arm], samples);
}
