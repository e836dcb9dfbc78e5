import { createHmac, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MeshwrightError } from '@meshwright/model';
import { allocatePorts, ISTIO_VERSION } from '@meshwright/testbed';
import {
  type Benchmark,
  type BenchmarkOptions,
  type Findings,
  makeReport,
  withDirectory,
} from '../benchmark.ts';
import { awaitRollout } from '../engine/rollouts.ts';
import { type EngineSession, type SessionOptions, withEngine } from '../engine/session.ts';
import { type Arm, interleave } from '../measuring/arms.ts';
import { caseReport, type CaseReport } from '../measuring/report.ts';

const commits = { usual: 40, quick: 5 };
const goalMilliseconds = 2_000;

/** From a push to its rollout. */
export const watchBenchmark: Benchmark = {
  name: 'watch',
  summary:
    'from the end of a push to the start of its rollout: from a local repository, by polling and by webhook',
  run: (options) => makeReport('watch', options, () => measureWatch(options)),
};

async function measureWatch(options: BenchmarkOptions): Promise<Findings> {
  const local = await measureLooking('from a local repository', {}, options);
  const everySecond = { overHttp: true, configure: { repository: { interval: '1s' } } };
  const polling = await measureLooking('by polling every second', everySecond, options);
  const webhook = await measureWebhook(options);
  return {
    versions: { istio: ISTIO_VERSION },
    notes: [
      'From the end of git push to the start that Temporal recorded for the rollout, both by the clock of this machine.',
      'The repository is a bare one on this machine. A local one is known by its path, its refs are watched, and it is looked at every second besides. The others are served over HTTP and known by that address: by polling it is looked at every second; by webhook, once an hour and when a signed webhook comes, which is sent right after the push.',
      'Between two commits the rollout before ends, and then up to a second passes at random, so that pushes meet every moment of the polling.',
      'Pods are simulated; a rollout renders and compares the whole mesh and finds it unchanged.',
    ],
    cases: [local, polling, webhook],
  };
}

function measureLooking(
  name: string,
  served: Pick<SessionOptions, 'overHttp' | 'configure'>,
  options: BenchmarkOptions,
): Promise<CaseReport> {
  const session: SessionOptions = { benchmark: 'watch', profile: 'control-plane', ...served };
  return withEngine(session, options, (running) =>
    measureCommits(name, running, () => Promise.resolve(), options),
  );
}

function measureWebhook(options: BenchmarkOptions): Promise<CaseReport> {
  return withDirectory(async (directory) => {
    const { gateway: port } = await allocatePorts(['gateway']);
    const secret = randomBytes(32).toString('hex');
    const file = join(directory, 'secret');
    await writeFile(file, secret, { mode: 0o600 });
    const session: SessionOptions = {
      benchmark: 'watch',
      profile: 'control-plane',
      overHttp: true,
      configure: {
        repository: { interval: '1h', webhook: { provider: 'generic', secret: { file } } },
        others: { gateway: { listen: `127.0.0.1:${port}` } },
      },
    };
    const url = `http://127.0.0.1:${port}/hooks/patterns`;
    return withEngine(session, options, (running) =>
      measureCommits('by webhook', running, () => sendWebhook(url, secret), options),
    );
  });
}

/** A signed webhook of the generic provider. */
async function sendWebhook(url: string, secret: string): Promise<void> {
  const body = JSON.stringify({ pushed: true });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-signature-256': `sha256=${signature}` };
  const { status } = await fetch(url, { method: 'POST', headers, body });
  if (status !== 202) throw new MeshwrightError('INTERNAL', `The webhook was answered ${status}.`);
}

async function measureCommits(
  name: string,
  { patterns, temporal }: EngineSession,
  tell: () => Promise<void>,
  options: BenchmarkOptions,
): Promise<CaseReport> {
  const { signal, progress, quick, repetitions = quick ? commits.quick : commits.usual } = options;
  const arm: Arm = {
    name: 'meshwright',
    description: `push to rollout started, ${name}`,
    async measure(turn) {
      await delay(Math.random() * 1_000, undefined, { signal });
      const { commit, pushedAt } = await patterns.push(turn);
      await tell();
      const { startedAt, closedAt } = await awaitRollout(temporal, commit, signal);
      return { value: startedAt - pushedAt, details: { rollout: closedAt - startedAt } };
    },
  };
  const title = `push to rollout started, ${name}`;
  const found = await interleave([arm], { title, repetitions, progress, signal });
  const limits = [{ arm: arm.name, statistic: 'p95', goal: goalMilliseconds } as const];
  return caseReport({ name: title, unit: 'ms', limits }, [arm], found);
}
