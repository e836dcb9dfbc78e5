import { randomBytes, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import {
  failureOf,
  Message,
  MeshwrightError,
  Phase,
  type RolloutStatus,
  SearchAttribute,
  TaskQueue,
  WorkflowType,
} from '@meshwright/model';
import { createLogger } from '@meshwright/telemetry';
import {
  asActivities,
  connectTemporal,
  type PayloadEncryption,
  type RunningWorker,
  startWorker,
  type TemporalConnection,
  type TemporalOptions,
} from '@meshwright/temporal';
import { FakeGateway } from '@meshwright/workflow-bundle/test-support/fake-gateway';
import { FakeRepository, FakeTargets } from '@meshwright/workflow-bundle/test-support/fakes';
import { decisionOn } from '@meshwright/workflow-bundle/test-support/rollouts';
import { sampleRollout } from '@meshwright/workflow-bundle/test-support/samples';
import { testCacheDirectory, testServerAddress } from '@meshwright/workflow-bundle/test-support/server';
import { createNamespace, eventually } from '@meshwright/workflow-bundle/test-support/world';
import { type Orchestrator, startOrchestrator } from './orchestrator.ts';

const noResults = (): Promise<never> => Promise.reject(new Error('Nothing is kept in these tests.'));

const subject = 'Confidential subject';
const words = [
  subject,
  'confidential-approval',
  'confidential-refusal',
  'confidential-remedy',
  'ann@example',
];

const logger = createLogger({ name: 'test', level: 'silent' });

let running: Pick<RunningWorker, 'stop'>[];
let connections: TemporalConnection[];
let base: TemporalOptions;
let targets: FakeTargets;

beforeEach(async () => {
  [running, connections] = [[], []];
  base = { address: testServerAddress(), namespace: `encryption-${randomUUID()}` };
  targets = new FakeTargets();
  await createNamespace(base.address, base.namespace);
});
afterEach(async () => {
  await Promise.all(running.map((worker) => worker.stop()));
  await Promise.all(connections.map((connection) => connection.close()));
});

function key(id: string): PayloadEncryption['keys'][number] {
  return { id, key: randomBytes(32).toString('base64') };
}

function temporalWith(encryption: PayloadEncryption | undefined): TemporalOptions {
  return { ...base, ...(encryption === undefined ? {} : { encryption }) };
}

async function clientWith(encryption: PayloadEncryption | undefined): Promise<Client> {
  const connection = await connectTemporal(temporalWith(encryption));
  connections.push(connection);
  return connection.client;
}

async function startEngine(
  encryption: PayloadEncryption | undefined,
): Promise<{ orchestrator: Orchestrator; stop: () => Promise<void> }> {
  const temporal = temporalWith(encryption);
  const orchestrator = await startOrchestrator({
    temporal,
    logger,
    results: noResults,
    bundleDirectory: testCacheDirectory,
  });
  const common = { ...temporal, logger, graceSeconds: 1 };
  const workers = [
    orchestrator,
    await startWorker({
      ...common,
      taskQueue: TaskQueue.cluster('local'),
      activities: asActivities(targets.activities, logger),
    }),
    await startWorker({
      ...common,
      taskQueue: TaskQueue.git,
      activities: asActivities(new FakeRepository().activities, logger),
    }),
    await startWorker({
      ...common,
      taskQueue: TaskQueue.gateway,
      activities: asActivities(new FakeGateway().activities, logger),
    }),
  ];
  running.push(...workers);
  await orchestrator.ready;
  return {
    orchestrator,
    stop: () => Promise.all(workers.map((worker) => worker.stop())).then(() => undefined),
  };
}

async function startRollout(client: Client, pattern: string) {
  return client.workflow.start(WorkflowType.patternRollout, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: `rollout:${pattern}`,
    args: [sampleRollout(pattern, { subject, approval: { required: true, approvers: ['user:bob'] } })],
    staticSummary: subject,
    staticDetails: `${subject} in detail`,
  });
}

type Rollout = Awaited<ReturnType<typeof startRollout>>;

async function approve(rollout: Rollout): Promise<void> {
  const approval = await eventually('it waits for approval', async () => {
    const status = await rollout.query<RolloutStatus>(Message.rolloutStatus);
    expect(status.phase).toBe(Phase.awaitingApproval);
    return status;
  });
  const request = decisionOn(approval, { reason: 'confidential-approval' });
  await rollout.executeUpdate(Message.decide, { args: [request] });
}

/** Everything that the server tells of all runs, as text: histories, descriptions, lists and what the UI queries. */
async function everythingStored({ connection }: Client): Promise<string> {
  const { workflowService } = connection;
  const { namespace } = base;
  const { executions } = await workflowService.listWorkflowExecutions({ namespace });
  const parts: string[] = [textOf(executions)];
  for (const { execution = null } of executions) {
    const run = { namespace, execution };
    const query = { queryType: '__temporal_workflow_metadata' };
    parts.push(
      textOf(await workflowService.getWorkflowExecutionHistory(run)),
      textOf(await workflowService.describeWorkflowExecution(run)),
      textOf(await workflowService.queryWorkflow({ ...run, query })),
    );
  }
  return parts.join('\n');
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, field]) => `${name}: ${textOf(field)}`)
    .join('\n');
}

function refuse(): Promise<never> {
  return Promise.reject(
    new MeshwrightError('UNSUPPORTED', 'confidential-refusal', { remedy: 'confidential-remedy' }),
  );
}

describe('what Temporal keeps', () => {
  it.each([
    ['everything in clear without encryption', undefined, words],
    ['nothing of what people wrote with encryption', { activeKey: 'a', keys: [key('a')] }, []],
  ])('is %s', async (_, encryption, found) => {
    await startEngine(encryption);
    const client = await clientWith(encryption);
    targets.behaviour = {
      applyStage: ({ stage }) =>
        stage === 'control-plane' ? refuse() : Promise.resolve({ note: 'applied' }),
    };
    const rollout = await startRollout(client, 'shop');
    await approve(rollout);
    const error: unknown = await rollout.result().catch((reason: unknown) => reason);
    expect(failureOf(error)).toMatchObject({
      message: expect.stringContaining('confidential-refusal') as string,
      remedy: 'confidential-remedy',
    });
    const stored = await everythingStored(client);
    expect(words.filter((word) => stored.includes(word))).toEqual(found);
    for (const readable of ['rollout:shop', WorkflowType.meshChange, SearchAttribute.commit, 'UNSUPPORTED']) {
      expect(stored).toContain(readable);
    }
  });
});

describe('another active key', () => {
  const [old, fresh] = [key('2026-01'), key('2026-07')];
  const before = { activeKey: old.id, keys: [old] };
  const after = { activeKey: fresh.id, keys: [fresh, old] };

  it('after none takes up what waits in clear', async () => {
    const first = await startEngine(undefined);
    const rollout = await startRollout(await clientWith(undefined), 'shop');
    await eventually('it has planned', () => expect(targets.log).toContain('local planChange'));
    await first.stop();
    await startEngine(before);
    const client = await clientWith(before);
    const waiting = client.workflow.getHandle(rollout.workflowId) as Rollout;
    await approve(waiting);
    expect(await waiting.result()).toMatchObject({ phase: Phase.succeeded, subject });
    expect(await everythingStored(client)).not.toContain('confidential-approval');
  });

  it('takes up what waits since the one before it, and encrypts from then on', async () => {
    const first = await startEngine(before);
    const rollout = await startRollout(await clientWith(before), 'shop');
    await eventually('it has planned', () => expect(targets.log).toContain('local planChange'));
    await first.stop();
    await startEngine(after);
    const client = await clientWith(after);
    const waiting = client.workflow.getHandle(rollout.workflowId) as Rollout;
    await approve(waiting);
    expect(await waiting.result()).toMatchObject({ phase: Phase.succeeded, subject });
    const stored = await everythingStored(client);
    expect(stored).toContain(old.id);
    expect(stored).toContain(fresh.id);
    const alone = await clientWith({ activeKey: old.id, keys: [old] });
    await expect(alone.workflow.getHandle(rollout.workflowId).result()).rejects.toThrow(
      'The encryption key "2026-07" is needed and not known; known are: 2026-01',
    );
  });

  it('alone stops what waits, with the id of the missing key in the log, until that key is given', async () => {
    const first = await startEngine(before);
    const rollout = await startRollout(await clientWith(before), 'shop');
    await eventually('it has planned', () => expect(targets.log).toContain('local planChange'));
    await first.stop();
    // The SDK has one logger for a process.
    const logged = vi.spyOn(Runtime.instance().logger, 'error');
    onTestFinished(() => logged.mockRestore());
    const second = await startEngine({ activeKey: fresh.id, keys: [fresh] });
    const client = await clientWith(after);
    const waiting = client.workflow.getHandle(rollout.workflowId) as Rollout;
    const query = waiting.query(Message.rolloutStatus).catch(() => undefined);
    await eventually('the log names the key', () => {
      expect(inspect(logged.mock.calls, { depth: 6 })).toContain(
        'The encryption key "2026-01" is needed and not known',
      );
    });
    await second.stop();
    await startEngine(after);
    await approve(waiting);
    expect(await waiting.result()).toMatchObject({ phase: Phase.succeeded });
    await query;
  });
});
