import { randomUUID } from 'node:crypto';
import { type ClusterClient, connectCluster, openInventory } from '@meshwright/cluster';
import {
  MeshwrightError,
  PlanAction,
  type PlanChangeInput,
  type PlanSummary,
  Purpose,
  TaskQueue,
  WorkflowType,
} from '@meshwright/model';
import { ISTIO_VERSION } from '@meshwright/testbed';
import { type Benchmark, type BenchmarkOptions, type Findings, makeReport } from '../benchmark.ts';
import { patternName } from '../engine/patterns.ts';
import { awaitRollout } from '../engine/rollouts.ts';
import { type EngineSession, type SessionOptions, withEngine } from '../engine/session.ts';
import type { Repetition } from '../measuring/arms.ts';
import { readProcessorTime } from '../measuring/processor.ts';
import { caseReport, type CaseReport, type Unit } from '../measuring/report.ts';
import { contentWith } from './content.ts';
import { countWrites, writesBetween } from './writes.ts';

const times = { usual: 10, quick: 2 };
const warmPlansEach = 5;
const resources = 1_000;
const goals = { cold: 2_000, warm: 300 };
const arm = { name: 'meshwright', description: 'the workflow planPreview, as `meshwright plan` starts it' };

/** Planning a mesh that does not change. */
export const planBenchmark: Benchmark = {
  name: 'plan',
  summary: 'the plan of an unchanged Istio with 1,000 resources, by a new and by a running engine',
  run: (options) => makeReport('plan', options, () => measurePlan(options)),
};

function measurePlan(options: BenchmarkOptions): Promise<Findings> {
  const session: SessionOptions = { benchmark: 'plan', profile: 'control-plane' };
  return withEngine(session, options, (running) => measureOn(running, options));
}

async function measureOn(session: EngineSession, options: BenchmarkOptions): Promise<Findings> {
  const { signal, progress } = options;
  const client = connectCluster({ name: 'bench', kubeconfig: session.testbed.kubeconfig });
  try {
    const task = progress.begin('the installation to plan');
    const commit = await install(session, client, signal);
    task.succeed();
    const input = await inputFor(client, commit, signal);
    const found = await takePlans(session, { input, client }, options);
    return {
      versions: { kubernetes: await client.version(), istio: ISTIO_VERSION },
      notes,
      cases: [
        planCase('cold: by an engine that was just started', found.cold, {
          statistic: 'median',
          goal: goals.cold,
        }),
        planCase('warm: the same again', found.warm, { statistic: 'median', goal: goals.warm }),
        planCase(
          'writes to the API server while planning',
          found.writes,
          { statistic: 'max', goal: 0 },
          'count',
        ),
      ],
    };
  } finally {
    await client.close();
  }
}

/** First the mesh alone, so that validation can be told to leave the resources alone: simulated pods answer no webhook. */
async function install(
  { patterns, temporal }: EngineSession,
  client: ClusterClient,
  signal: AbortSignal,
): Promise<string> {
  const mesh = await patterns.push(0);
  await awaitRollout(temporal, mesh.commit, signal);
  await leaveUnvalidated(client);
  const resourcesToo = await patterns.push(1, { content: contentWith(resources) });
  await awaitRollout(temporal, resourcesToo.commit, signal);
  return resourcesToo.commit;
}

/** The other validator looks only at objects that name its revision. */
async function leaveUnvalidated(client: ClusterClient): Promise<void> {
  const [apiVersion, kind] = ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'];
  const reference = { apiVersion, kind, name: 'istiod-default-validator' };
  const validator = await client.get(reference);
  const objectSelector = { matchLabels: { 'meshwright.dev/validated': 'true' } };
  const webhooks = ((validator?.webhooks ?? []) as object[]).map((each) => ({ ...each, objectSelector }));
  await client.mergePatch(reference, { webhooks }, { fieldManager: 'bench' });
}

const notes = [
  `The base and istiod, and ${resources} VirtualServices, installed by the same engine; nothing has changed. From the start of the workflow planPreview to its result, by the client.`,
  'Cold: the standalone worker was ended, its directory of charts and rendered objects removed, and started anew; its workers poll. It is its first plan: it has to connect, to discover what is served, and to render with Helm.',
  `Warm: ${warmPlansEach} plans after each cold one.`,
  'The detail "processor" of each plan is the processor time of the engine in milliseconds, orchestrator and git watcher included, without Helm and git.',
  'Writes: the difference of apiserver_request_total over all writing verbs without dry runs, over each group of plans, without events, leases, nodes, access reviews, tokens and what controllers report as status.',
  'Pods are simulated. The webhook that validates is told to leave the resources alone, because a simulated istiod cannot answer.',
];

interface Ground {
  input: PlanChangeInput;
  client: ClusterClient;
}

type Samples = Record<'cold' | 'warm' | 'writes', Repetition[]>;

async function takePlans(
  session: EngineSession,
  { input, client }: Ground,
  { quick, repetitions = quick ? times.quick : times.usual, progress, signal }: BenchmarkOptions,
): Promise<Samples> {
  const found: Samples = { cold: [], warm: [], writes: [] };
  const task = progress.begin('plans of an unchanged mesh');
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    task.update({ done: repetition - 1, total: repetitions, detail: 'engines' });
    await session.restartEmpty();
    const before = await countWrites(client, signal);
    for (let place = 1; place <= 1 + warmPlansEach; place += 1) {
      const sample = { repetition, arm: arm.name, place, startedAt: new Date().toISOString() };
      const used = await readProcessorTime(session.engine.pid);
      const value = await timePlan(session, input, signal);
      const details = { processor: (await readProcessorTime(session.engine.pid)) - used };
      found[place === 1 ? 'cold' : 'warm'].push({ ...sample, value, details });
    }
    const details = writesBetween(before, await countWrites(client, signal));
    const value = Object.values(details).reduce((sum, count) => sum + count, 0);
    const startedAt = new Date().toISOString();
    found.writes.push({ repetition, arm: arm.name, place: 1, startedAt, value, details });
  }
  task.succeed(`${repetitions} engines`);
  return found;
}

/** What `meshwright plan` asks for, of the snapshot that was rolled out. */
async function inputFor(
  client: ClusterClient,
  commit: string,
  signal: AbortSignal,
): Promise<PlanChangeInput> {
  const record = await openInventory(client, { pattern: patternName }).readRecord(signal);
  if (record === undefined) throw new MeshwrightError('INTERNAL', 'The rollout recorded nothing.');
  return {
    cluster: 'local',
    pattern: patternName,
    repository: 'patterns',
    commit,
    snapshot: record.snapshot,
    purpose: Purpose.apply,
    adopt: false,
    despiteHold: true,
  };
}

async function timePlan(
  { temporal: { client } }: EngineSession,
  input: PlanChangeInput,
  signal: AbortSignal,
): Promise<number> {
  const begun = performance.now();
  const plan = await client.withAbortSignal(signal, () =>
    client.workflow.execute<(input: PlanChangeInput) => Promise<PlanSummary>>(WorkflowType.planPreview, {
      workflowId: `preview:${input.cluster}/${input.pattern}/${randomUUID()}`,
      taskQueue: TaskQueue.orchestrator,
      args: [input],
    }),
  );
  const milliseconds = performance.now() - begun;
  const { action, counts } = plan;
  if (action === PlanAction.none && counts.unchanged > resources) return milliseconds;
  throw new MeshwrightError('INTERNAL', `The plan is not empty: ${action}, ${JSON.stringify(counts)}.`);
}

function planCase(
  name: string,
  samples: readonly Repetition[],
  limit: { statistic: 'median' | 'max'; goal: number },
  unit: Unit = 'ms',
): CaseReport {
  return caseReport({ name, unit, limits: [{ arm: arm.name, ...limit }] }, [arm], samples);
}
