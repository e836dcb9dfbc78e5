import { type ClusterClient, connectCluster } from '@meshwright/cluster';
import { messageOf, type Verdict } from '@meshwright/model';
import { ISTIO_VERSION, waitFor } from '@meshwright/testbed';
import { type Benchmark, type BenchmarkOptions, type Findings, makeReport } from '../benchmark.ts';
import { measureBaseline } from '../engine/baselines.ts';
import { installByCommit } from '../engine/probe.ts';
import { type EngineSession, withEngine } from '../engine/session.ts';
import { comparisonInput, drawnLevels, type Extent, extentOf } from './comparisons.ts';
import type { ComparisonReport } from '../measuring/shares.ts';
import { casesOf, comparisonReport, sharesOf } from './summary.ts';
import { contentFor, openSender, type Sender } from './senders.ts';
import { contentOf, noChange, plain, type Way } from './ways.ts';

const readySeconds = 120;
/** So many requests are sent each way to see that its route is in effect. */
const looks = 50;

/** Comparisons of no change and of known slowdowns, through real sidecars, by the engine's own workflow. */
export const gateBenchmark: Benchmark = {
  name: 'gate',
  summary: 'how often no change is taken back and a slowdown found, on a real node (Linux, root)',
  async run(options) {
    const extent = extentOf(options);
    return makeReport('gate', options, () => measureGate(extent, options));
  },
};

function measureGate(extent: Extent, options: BenchmarkOptions): Promise<Findings> {
  return withEngine({ benchmark: 'gate', profile: 'node' }, options, async (session) => {
    const client = connectCluster({ name: 'bench', kubeconfig: session.testbed.kubeconfig });
    try {
      return await measureOn({ session, client, extent }, options);
    } finally {
      await client.close();
    }
  });
}

interface Ground {
  session: EngineSession;
  client: ClusterClient;
  extent: Extent;
}

async function measureOn({ session, client, extent }: Ground, options: BenchmarkOptions): Promise<Findings> {
  const { progress, signal } = options;
  const levels = [noChange, ...extent.levels];
  const ways = [plain, ...levels.map(({ way }) => way)];
  const task = progress.begin('a mesh with all ways');
  const content = contentFor(options.generator, await contentOf(ways), ways);
  await installByCommit(session, content, signal);
  const sender = await openSender(options.generator, client, signal);
  const means = await untilInEffect(sender, ways, signal);
  task.succeed(means);
  const comparisons = await compareAll({ session, sender }, extent, options);
  const { load, metrics } = comparisonInput(noChange, 0, extent, sender);
  return {
    versions: { kubernetes: await client.version(), istio: ISTIO_VERSION, seed: String(extent.seed) },
    notes: [
      `Each comparison is one run of the workflow performanceBaseline: contrast D1, the way "plain" against another one, ${load.rate} requests a second for ${load.seconds} s a trial after ${load.warmUpSeconds} s, sent by ${sender.description}; judged: ${metrics.map(({ name }) => name).join(', ')}.`,
      'All ways lead to the same server, each by a Service and a route of its own that delays every request; "no change" is another way with the same delay. All are there from before the first comparison, and their order is drawn.',
      `On average the ways answered before the first comparison in: ${means}.`,
      'Shares have the exact interval of 95 % (Clopper and Pearson). Simulated: on shared machines with the same looks, docs/measuring.md.',
    ],
    cases: casesOf(levels, comparisons),
    shares: sharesOf(levels, comparisons),
    comparisons,
  };
}

/**
 * Waits until every way is slower than the plain one by at least half of what its route delays more, and says what all of
 * them take: a route that is not in effect would look like a slowdown that is not found.
 */
async function untilInEffect(sender: Sender, ways: readonly Way[], signal: AbortSignal): Promise<string> {
  let means = '';
  const look = async (): Promise<string | undefined> => {
    const seen: { way: Way; mean: number }[] = [];
    for (const way of ways) {
      seen.push({ way, mean: await sender.mean(way, looks) });
    }
    means = seen.map(({ way, mean }) => `${way.host} ${mean.toFixed(1)} ms`).join(', ');
    const reference = seen[0]?.mean ?? Number.NaN;
    const isIn = ({ way, mean }: (typeof seen)[number]): boolean =>
      mean - reference >= (way.delay - plain.delay) / 2 || way.delay === plain.delay;
    return seen.every(isIn) ? undefined : means;
  };
  await waitFor(() => look().catch((error: unknown) => messageOf(error)), {
    what: 'the routes of all ways',
    seconds: readySeconds,
    signal,
  });
  return means;
}

async function compareAll(
  { session, sender }: { session: EngineSession; sender: Sender },
  extent: Extent,
  { progress, signal }: BenchmarkOptions,
): Promise<ComparisonReport[]> {
  const levels = drawnLevels(extent);
  const done: ComparisonReport[] = [];
  const task = progress.begin(`${levels.length} comparisons`);
  for (const [index, level] of levels.entries()) {
    task.update({ done: index, total: levels.length, detail: detailOf(done) });
    const startedAt = new Date().toISOString();
    const input = comparisonInput(level, index + 1, extent, sender);
    const measured = await measureBaseline(session.temporal, input, signal);
    const report = comparisonReport(measured, { place: index + 1, level: level.name, startedAt });
    done.push(report);
    progress.note(lineOf(report, levels.length));
  }
  task.succeed();
  return done;
}

function detailOf(done: readonly ComparisonReport[]): string {
  const count = (verdict: Verdict): number =>
    done.filter(({ judgement }) => judgement.verdict === verdict).length;
  return `${count('passed')} passed, ${count('regressed')} regressed, ${count('inconclusive')} open`;
}

function lineOf({ place, level, judgement, blocks, milliseconds }: ComparisonReport, of: number): string {
  const [metric] = judgement.metrics;
  const [low, high] = metric?.interval ?? [];
  const ratio =
    metric?.ratio === undefined
      ? ''
      : `, p50 × ${metric.ratio.toFixed(3)} (${low?.toFixed(3)} to ${high?.toFixed(3)})`;
  return `  ${place} of ${of}, ${level}: ${judgement.verdict}${ratio}, ${blocks.length} blocks, ${Math.round(milliseconds / 1_000)} s`;
}
