import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  localService,
  Message,
  MeshwrightError,
  Phase,
  type RepositoryStatus,
  type RolloutInput,
  SearchAttribute,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { type Engine, startEngine, workspaceIn } from '@meshwright/quickstart';
import { type FakeSlack, slackSecrets, startFakeSlack } from '@meshwright/quickstart/test-support';
import { createLogger } from '@meshwright/telemetry';
import {
  asActivities,
  connectTemporal,
  ensureSearchAttributes,
  startWorker,
  type TemporalConnection,
} from '@meshwright/temporal';
import { allocatePorts, type TemporalEndpoint, waitFor } from '@meshwright/testbed';
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
import { byClick, byUpdate, decideOn, type Waiting } from './decisions.ts';
import { createPolicyRepository, owner, peopleConfiguration } from './people.ts';
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
    return withOrchestrator(endpoint, (ground) => watchParked(ground, options));
  });
}

/** The engine as a process, with the agent that does nothing and a Slack that takes every message in this one. */
function withOrchestrator<Result>(
  { address, namespace }: TemporalEndpoint,
  body: (ground: Ground) => Promise<Result>,
): Promise<Result> {
  return withDirectory(async (directory) => {
    const workspace = workspaceIn(directory);
    const slack = await startFakeSlack();
    const { gateway: port } = await allocatePorts(['gateway']);
    const people = peopleConfiguration(await createPolicyRepository(directory), slack.url, port);
    const configuration = { temporal: { address, namespace }, evidence: { directory }, ...people };
    await writeFile(workspace.configuration, stringify(configuration), { mode: 0o600 });
    const engine = await startEngine(workspace, { environment: slackSecrets });
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
    const ground = { engine, temporal, agent, slack, gateway: `http://127.0.0.1:${port}` };
    try {
      return await Promise.race([body(ground), engine.ended, worker.finished.then(ended)]);
    } finally {
      await worker.stop();
      await engine.stop();
      await temporal.close();
      await slack.stop();
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
  slack: FakeSlack;
  /** Where its gateway is. */
  gateway: string;
}

async function watchParked(
  { engine, temporal, agent, slack, gateway }: Ground,
  options: BenchmarkOptions,
): Promise<Findings> {
  const { quick, signal, progress, count = quick ? counts.quick : counts.usual } = options;
  const memory: CaseReport[] = [];
  const rest = async (moment: string): Promise<void> => {
    await delay(restMilliseconds, undefined, { signal });
    memory.push(memoryCase(moment, (await readMemory(engine.pid)).resident));
  };
  await untilPolicy(temporal, options);
  await park(temporal, [waitingRollout(0)], options);
  await rest('one waits');
  const inputs = Array.from({ length: count }, (_, index) => waitingRollout(index + 1));
  const rollouts = await park(temporal, inputs, options);
  await rest(`${count} wait`);
  const many = quick ? decisions.quick : decisions.usual;
  const lots = shuffled(rollouts);
  const task = progress.begin(`${2 * many} decisions`);
  const local = byUpdate(temporal, { service: localService, id: owner.local });
  const updates = await decideOn(lots.slice(0, many), local, { agent, signal });
  const click = byClick(slack, gateway, owner.slack);
  const clicks = await decideOn(lots.slice(many, 2 * many), click, { agent, signal });
  task.succeed();
  await rest(`after ${2 * many} decisions`);
  memory.push(memoryCase('peak', (await readMemory(engine.pid)).peak));
  return {
    versions: {},
    notes: [
      `${count} rollouts, each of a pattern and a mesh of its own with a plan of three stages and its way back, on Temporal's development server. One process has the orchestrator, a gateway and an idle git watcher; it keeps 100 workflows in memory and replays the others when something happens to them. The repository has a policy.`,
      'A click is a request signed as Slack signs it, to the gateway of that process: it is believed, becomes a workflow of its own, and is refused or taken by the rollout.',
      'The agent is a worker in the process of the benchmark; its plans and stages take no time.',
      `Decisions come at random times, one a second on average, whether or not the ones before are answered. Times are from sending the update "decide": to its answer, and to the moment when Temporal scheduled the first stage of the change.`,
      `Memory: VmRSS of proc(5) after ${restMilliseconds / 1000} s of rest; the peak is VmHWM at the end.`,
    ],
    cases: [
      decisionCase('by update, answered', updates.answered),
      decisionCase('by update, first stage scheduled', updates.firstStage),
      decisionCase('by a click, answered', clicks.answered),
      decisionCase('by a click, first stage scheduled', clicks.firstStage),
      ...memory,
    ],
  };
}

/** Starts the rollouts, many at once, and waits until all of them ask for an approval. */
async function park(
  { client }: TemporalConnection,
  rollouts: readonly RolloutInput[],
  { progress, signal }: BenchmarkOptions,
): Promise<Waiting[]> {
  const task = progress.begin(`${rollouts.length} rollouts that wait`);
  const waits = `${SearchAttribute.phase} = '${Phase.awaitingApproval}' AND ExecutionStatus = 'Running'`;
  const before = (await client.workflow.count(waits)).count;
  const left = rollouts.values();
  const started: Waiting[] = [];
  const startAll = async (): Promise<void> => {
    for (const rollout of left) {
      signal.throwIfAborted();
      const { firstExecutionRunId: run } = await client.workflow.start(WorkflowType.patternRollout, {
        taskQueue: TaskQueue.orchestrator,
        workflowId: workflowId.rollout(rollout.pattern, rollout.commit.id),
        args: [rollout],
      });
      started.push({ ...rollout, run });
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
  return started;
}

/** Waits until the engine has read who may decide. */
async function untilPolicy({ client }: TemporalConnection, { signal }: BenchmarkOptions): Promise<void> {
  const watch = client.workflow.getHandle(workflowId.repository('patterns'));
  await waitFor(
    async () => {
      const status = await watch.query<RepositoryStatus>(Message.repositoryStatus).catch(() => undefined);
      return status?.policy === undefined ? 'no policy counts yet' : undefined;
    },
    { what: 'the policy', seconds: 120, intervalMilliseconds: 500, signal },
  );
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
