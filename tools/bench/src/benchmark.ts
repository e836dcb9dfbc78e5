import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  clearAbandonedTestbeds,
  getPart,
  partContext,
  partNamed,
  type PartFound,
  type ProgressReporter,
  startTestbed,
  type Testbed,
  type TestbedProfile,
} from '@meshwright/testbed';
import type { SenderName } from './gate/senders.ts';
import { isBusy, lookAtMachine } from './measuring/machine.ts';
import type { Report } from './measuring/report.ts';
import { runProgram } from './programs.ts';

/** How a benchmark is to run. */
export interface BenchmarkOptions {
  /** Instead of the benchmark's own number. */
  repetitions?: number;
  /** Few repetitions: to see that it works, not to rely on. */
  quick: boolean;
  /** The round trip time, in milliseconds, that `apply` puts between its arms and the API server. */
  delay: number;
  /** How many rollouts wait in `parked`, instead of its own number. */
  count?: number;
  /** How many comparisons of no change `gate` makes, and how many of slowdowns, instead of its own numbers. */
  comparisons?: number;
  injected?: number;
  /** Who sends the load of `gate`. */
  generator: SenderName;
  /** A directory of charts that `meshes` uses for meshes whose charts cannot be had otherwise. */
  charts?: string;
  /** For what `gate` draws. */
  seed: number;
  /** How long a trial of `gate` and `overhead` measures, instead of their own times. */
  seconds?: number;
  /** Whether missing Debian packages may be installed. */
  install: boolean;
  progress: ProgressReporter;
  signal: AbortSignal;
}

/** One benchmark by its name on the command line. */
export interface Benchmark {
  name: string;
  summary: string;
  /** Measures, and leaves nothing behind. */
  run(options: BenchmarkOptions): Promise<Report>;
}

/** What a benchmark found, without what every report has. */
export type Findings = Pick<Report, 'versions' | 'notes' | 'cases' | 'shares' | 'comparisons'>;

/** Looks at the machine, runs the body, and makes the report. */
export async function makeReport(
  benchmark: string,
  { quick, signal, progress }: BenchmarkOptions,
  body: () => Promise<Findings>,
): Promise<Report> {
  const startedAt = new Date().toISOString();
  const begun = performance.now();
  const machine = await lookAtMachine(signal);
  if (isBusy(machine)) {
    const share = Math.round(machine.used * 100);
    progress.note(`Other work uses ${share} % of this machine: do not rely on the figures.`);
  }
  const { versions, ...found } = await body();
  const own = { node: process.version, meshwright: await ownVersion() };
  return {
    benchmark,
    startedAt,
    seconds: Math.round((performance.now() - begun) / 100) / 10,
    quick,
    machine,
    versions: { ...own, ...versions },
    ...found,
  };
}

/** A testbed of the benchmark's own, for as long as the body runs. */
export async function withTestbed<Result>(
  parts: { benchmark: string; profile: TestbedProfile; temporal: boolean; kubernetes?: boolean },
  { install, progress, signal }: BenchmarkOptions,
  body: (testbed: Testbed) => Promise<Result>,
): Promise<Result> {
  await clearAbandonedTestbeds();
  const { benchmark, ...wanted } = parts;
  const name = `bench-${benchmark}-${randomBytes(3).toString('hex')}`;
  const testbed = await startTestbed({ name, ...wanted, install, progress, signal, owned: true });
  try {
    return await body(testbed);
  } finally {
    await testbed.stop({ remove: true, progress });
  }
}

/** An empty directory for as long as the body runs. */
export async function withDirectory<Result>(body: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-bench-'));
  try {
    return await body(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A program of the testbed with its version, got when it is not there. */
export function programPart(
  name: string,
  { install, progress, signal }: BenchmarkOptions,
): Promise<PartFound> {
  return getPart(partNamed(name), partContext({ install, progress, signal }));
}

/** The commit of this checkout, marked when files differ from it; `unknown` outside of one. */
async function ownVersion(): Promise<string> {
  const directory = fileURLToPath(new URL('.', import.meta.url));
  try {
    const { stdout } = await runProgram('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
      directory,
    });
    return stdout.trim();
  } catch {
    return 'unknown';
  }
}
