import { writeFile } from 'node:fs/promises';
import { Argument, Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isMeshwrightError, messageOf } from '@meshwright/model';
import { streamProgress } from '@meshwright/testbed';
import { applyBenchmark } from './apply/benchmark.ts';
import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { gateBenchmark } from './gate/benchmark.ts';
import { SenderName } from './gate/senders.ts';
import { installBenchmark } from './install/benchmark.ts';
import type { Report } from './measuring/report.ts';
import { renderReport } from './measuring/table.ts';
import { memoryBenchmark } from './memory/benchmark.ts';
import { meshesBenchmark } from './meshes/benchmark.ts';
import { overheadBenchmark } from './overhead/benchmark.ts';
import { parkedBenchmark } from './parked/benchmark.ts';
import { planBenchmark } from './plan/benchmark.ts';
import { upgradeBenchmark } from './upgrade/benchmark.ts';
import { watchBenchmark } from './watch/benchmark.ts';

const benchmarks: readonly Benchmark[] = [
  applyBenchmark,
  installBenchmark,
  watchBenchmark,
  memoryBenchmark,
  planBenchmark,
  meshesBenchmark,
  parkedBenchmark,
  upgradeBenchmark,
  overheadBenchmark,
  gateBenchmark,
];

const program = new Command('npm run bench --')
  .description('Measures Meshwright against what people use today, on this machine.')
  .addArgument(
    new Argument('<benchmark>', 'what to measure').choices(['all', ...benchmarks.map(({ name }) => name)]),
  )
  .option('--repetitions <n>', 'instead of the number each benchmark has', repetitionsOf)
  .option('--quick', 'few repetitions: to see that it works, not to rely on', false)
  .option('--json <file>', 'write every repetition to this file as well')
  .option('--delay <milliseconds>', 'apply: a round trip time to the API server', delayOf, 0)
  .option('--count <n>', 'parked: how many rollouts wait', countOf)
  .option('--comparisons <n>', 'gate: how many comparisons of no change', comparisonsOf)
  .option('--injected <n>', 'gate: how many comparisons of all slowdowns together', comparisonsOf)
  .addOption(
    new Option('--generator <id>', 'gate: Fortio in a pod, or the built-in generator at a gateway')
      .choices(Object.values(SenderName))
      .default(SenderName.fortio),
  )
  .option('--charts <directory>', 'meshes: charts as <chart>-<version> that cannot be had otherwise')
  .option('--seed <n>', 'gate: for what is drawn', countOf, 1)
  .option('--seconds <n>', 'gate, overhead: how long a trial measures', secondsOf)
  .option('--no-install', 'refuse to install missing Debian packages')
  .addHelpText(
    'after',
    `
Benchmarks:
${benchmarks.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join('\n')}
  all       every one of them

Examples:
  npm run bench -- all --json results.json
  npm run bench -- apply --repetitions 30
  npm run bench -- apply --delay 10
  npm run bench -- install --quick
  npm run bench -- parked --count 500
  npm run bench -- gate --comparisons 100 --injected 60

Arms take turns on one machine, and what counts is their ratio; let nothing else run meanwhile. A missed goal is told,
and is no failure: the exit code is 1 only when something could not be measured.`,
  )
  .parse();

const [chosen] = program.processedArgs;
const { json, repetitions, count, comparisons, injected, seconds, charts, ...given } = program.opts();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
const options: BenchmarkOptions = {
  ...given,
  ...(repetitions === undefined ? {} : { repetitions }),
  ...(count === undefined ? {} : { count }),
  ...(comparisons === undefined ? {} : { comparisons }),
  ...(injected === undefined ? {} : { injected }),
  ...(seconds === undefined ? {} : { seconds }),
  ...(charts === undefined ? {} : { charts }),
  progress: streamProgress(process.stderr),
  signal: interruption.signal,
};

const reports: Report[] = [];
let failed = false;
for (const benchmark of benchmarks.filter(({ name }) => chosen === 'all' || chosen === name)) {
  try {
    const report = await benchmark.run(options);
    reports.push(report);
    console.log(`${renderReport(report)}\n`);
    if (json !== undefined) await writeFile(json, `${JSON.stringify({ reports }, undefined, 2)}\n`);
  } catch (error) {
    if (interruption.signal.aborted) process.exit(130);
    failed = true;
    tellFailure(benchmark.name, error);
  }
}
process.exit(failed ? 1 : 0);

function tellFailure(name: string, error: unknown): void {
  if (!isMeshwrightError(error)) {
    console.error(`${name} could not be measured:`, error);
    return;
  }
  const { lines = [], remedy } = error.details;
  console.error(
    [
      `${name} could not be measured: ${messageOf(error)}`,
      ...lines,
      ...(remedy === undefined ? [] : [remedy]),
    ].join('\n'),
  );
}

function repetitionsOf(text: string): number {
  return wholeNumber(text, 1_000);
}

function countOf(text: string): number {
  return wholeNumber(text, 100_000);
}

function comparisonsOf(text: string): number {
  return wholeNumber(text, 1_000, 0);
}

function secondsOf(text: string): number {
  const number = Number(text);
  if (number >= 0.5 && number <= 600) return number;
  throw new InvalidArgumentError('Write seconds from 0.5 to 600.');
}

function wholeNumber(text: string, most: number, least = 1): number {
  const number = Number(text);
  if (text !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
}

function delayOf(text: string): number {
  const number = Number(text);
  if (text !== '' && number >= 0 && number <= 1_000) return number;
  throw new InvalidArgumentError('Write milliseconds from 0 to 1000.');
}
