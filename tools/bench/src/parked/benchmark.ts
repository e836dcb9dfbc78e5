import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  MeshwrightError,
  Phase,
  type RolloutInput,
  SearchAttribute,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { type Engine, startEngine, workspaceIn } from '@meshwright/quickstart';
import { createLogger } from '@meshwright/telemetry';
import {
  asActivities,
  connectTemporal,
  ensureSearchAttributes,
  startWorker,
  type TemporalConnection,
} from '@meshwright/temporal';
import { type TemporalEndpoint, waitFor } from '@meshwright/testbed';
import { stringify } from 'yaml';
import {
  type Benchmark,
  type BenchmarkOptions,
  type Findings,
  makeReport,
  withDirectory,
  withTestbed,
} from '../benchmark.ts';
import type { Repetition } from '../measuring/arms.ts';
import { readMemory } from '../measuring/memory.ts';
import { caseReport, type CaseReport } from '../measuring/report.ts';
import { decideOn } from './decisions.ts';
import { type IdleAgent, idleAgent, waitingRollout } from './waiting-rollouts.ts';

const counts = { usual: 5_000, quick: 300 };
const decisions = { usual: 200, quick: 40 };
const goalMilliseconds = 1_000;
const startsAtOnce = 40;
const waitSeconds = 3_600;
/** How long nothing happens before the memory is read. */
const restMilliseconds = 10_000;
const arm = { name: 'orchestrator', description: 'the standalone process without a target or a repository' };

/** Many rollouts that wait for people. */
export const parkedBenchmark: Benchmark = {
  name: 'parked',
  summary: 'memory and decisions of an orchestrator on which 5,000 rollouts wait for an approval',
  run: (options) => makeReport('parked', options, () => measureParked(options)),
};

function measureParked(options: BenchmarkOptions): Promise<Findings> {
  const parts = { benchmark: 'parked', profile: 'control-plane', temporal: true, kubernetes: false } as const;
  return withTestbed(parts, options, ({ temporal: endpoint }) => {
    if (endpoint === undefined) throw new MeshwrightError('INTERNAL', 'The testbed has no Temporal server.');
    return withOrchestrator(endpoint, (engine, temporal, agent) =>
      watchParked({ engine, temporal, agent }, options),
    );
  });
}

/** The orchestrator as a process, and the agent that does nothing in this one. */
function withOrchestrator<Result>(
  { address, namespace }: TemporalEndpoint,
  body: (engine: Engine, temporal: TemporalConnection, agent: IdleAgent) => Promise<Result>,
): Promise<Result> {
  return withDirectory(async (directory) => {
    const workspace = workspaceIn(directory);
    const configuration = { temporal: { address, namespace }, evidence: { directory } };
    await writeFile(join(workspace.configuration), stringify(configuration), { mode: 0o600 });
    const engine = await startEngine(workspace);
    const temporal = await connectTemporal({ address, namespace });
    // The orchestrator does it too; here it is done before rollouts are counted by them.
    await ensureSearchAttributes(temporal.client.connection, { address, namespace });
    const agent = idleAgent();
    const logger = createLogger({ name: 'bench', level: 'error' });
    const worker = await startWorker({
      address,
      namespace,
      taskQueue: TaskQueue.cluster(agent.cluster),
      activities: asActivities(agent.activities, logger),
      logger,
      maxConcurrentActivities: 100,
    });
    try {
      return await Promise.race([body(engine, temporal, agent), engine.ended, worker.finished.then(ended)]);
    } finally {
      await worker.stop();
      await engine.stop();
      await temporal.close();
    }
  });
}

function ended(): never {
  throw new MeshwrightError('INTERNAL', 'The agent of the benchmark stopped.');
}

interface Ground {
  engine: Engine;
  temporal: TemporalConnection;
  agent: IdleAgent;
}

async function watchParked(
  { engine, temporal, agent }: Ground,
  options: BenchmarkOptions,
): Promise<Findings> {
  const { quick, signal, progress, count = quick ? counts.quick : counts.usual } = options;
  const memory: CaseReport[] = [];
  const rest = async (moment: string): Promise<void> => {
    await delay(restMilliseconds, undefined, { signal });
    memory.push(memoryCase(moment, (await readMemory(engine.pid)).resident));
  };
  await park(temporal, [waitingRollout(0)], options);
  await rest('one waits');
  const rollouts = Array.from({ length: count }, (_, index) => waitingRollout(index + 1));
  await park(temporal, rollouts, options);
  await rest(`${count} wait`);
  const chosen = shuffled(rollouts).slice(0, quick ? decisions.quick : decisions.usual);
  const task = progress.begin(`${chosen.length} decisions`);
  const { answered, firstStage } = await decideOn(chosen, temporal, { agent, signal });
  task.succeed();
  await rest(`after ${chosen.length} decisions`);
  memory.push(memoryCase('peak', (await readMemory(engine.pid)).peak));
  return {
    versions: {},
    notes: [
      `${count} rollouts, each of a pattern and a mesh of its own with a plan of three stages and its way back, on Temporal's development server. One process has the orchestrator and an idle git watcher; it keeps 100 workflows in memory and replays the others when something happens to them.`,
      'The agent is a worker in the process of the benchmark; its plans and stages take no time.',
      `Decisions come at random times, one a second on average, whether or not the ones before are answered. Times are from sending the update "decide": to its answer, and to the moment when Temporal scheduled the first stage of the change.`,
      `Memory: VmRSS of proc(5) after ${restMilliseconds / 1000} s of rest; the peak is VmHWM at the end.`,
    ],
    cases: [decisionCase('answered', answered), decisionCase('first stage scheduled', firstStage), ...memory],
  };
}

/** Starts the rollouts, many at once, and waits until all of them ask for an approval. */
async function park(
  { client }: TemporalConnection,
  rollouts: readonly RolloutInput[],
  { progress, signal }: BenchmarkOptions,
): Promise<void> {
  const task = progress.begin(`${rollouts.length} rollouts that wait`);
  const waits = `${SearchAttribute.phase} = '${Phase.awaitingApproval}' AND ExecutionStatus = 'Running'`;
  const before = (await client.workflow.count(waits)).count;
  const left = rollouts.values();
  const startAll = async (): Promise<void> => {
    for (const rollout of left) {
      signal.throwIfAborted();
      await client.workflow.start(WorkflowType.patternRollout, {
        taskQueue: TaskQueue.orchestrator,
        workflowId: workflowId.rollout(rollout.pattern, rollout.commit.id),
        args: [rollout],
      });
    }
  };
  await Promise.all(Array.from({ length: startsAtOnce }, startAll));
  await waitFor(
    async () => {
      const done = (await client.workflow.count(waits)).count - before;
      task.update({ done, total: rollouts.length, detail: 'rollouts' });
      return done >= rollouts.length ? undefined : `${done} of ${rollouts.length} wait`;
    },
    { what: 'the rollouts', seconds: waitSeconds, intervalMilliseconds: 1_000, signal },
  );
  task.succeed();
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const drawn = items.map((item) => ({ item, lot: Math.random() }));
  return drawn.sort((left, right) => left.lot - right.lot).map(({ item }) => item);
}

function decisionCase(name: string, samples: readonly Repetition[]): CaseReport {
  const limits = [{ arm: arm.name, statistic: 'p99', goal: goalMilliseconds } as const];
  return caseReport({ name: `a decision, ${name}`, unit: 'ms', limits }, [arm], samples);
}

function memoryCase(moment: string, value: number): CaseReport {
  const sample = { repetition: 1, arm: arm.name, place: 1, startedAt: new Date().toISOString(), value };
  return caseReport({ name: `resident memory, ${moment}`, unit: 'MiB' }, [arm], [sample]);
}
