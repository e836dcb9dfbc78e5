import { randomUUID } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  MeshwrightError,
  Message,
  TaskQueue,
  workflowId,
  WorkflowType,
  type DecisionRequest,
  type RepositoryStatus,
  type RolloutInput,
  type RolloutStatus,
} from '@meshwright/model';
import { heartbeating } from '@meshwright/temporal';
import { setTimeout as delay } from 'node:timers/promises';
import { historiesDirectory } from './histories.ts';
import { invalidRollout, samplePlan, sampleRollout } from './test-support/samples.ts';
import { eventually, startWorld, type World } from './test-support/world.ts';

/** Records what is missing in `histories/`: what is there stays as it is, since released runs look like it. */
const version = 'v1';

type Case = (world: World) => Promise<WorkflowHandle>;

const bothInTurn = [
  { cluster: 'local', wave: 1 },
  { cluster: 'second', wave: 2 },
];

/** By the name of the file: `<workflow>.<case>`. Each runs a workflow to where its history is worth keeping. */
const cases: Record<string, Case> = {
  'patternRollout.succeeded': async (world) =>
    ended(await rollout(world, sampleRollout('a', { targets: bothInTurn }))),
  'patternRollout.invalid': async (world) => ended(await rollout(world, invalidRollout('b'))),
  'patternRollout.approved': (world) => decided(world, 'c', 'approve'),
  'patternRollout.rejected': (world) => decided(world, 'd', 'reject'),
  'patternRollout.failed': async (world) => {
    failVerification(world);
    return ended(await rollout(world, sampleRollout('e', { targets: bothInTurn })));
  },
  'patternRollout.cancelled': (world) => cancelledRollout(world, 'f'),
  'patternRollout.queued': async (world) => (await queued(world)).waiter,
  'meshChange.succeeded': async (world) => {
    await ended(await rollout(world, sampleRollout('g')));
    return change(world);
  },
  'meshChange.failed': async (world) => {
    failVerification(world);
    await ended(await rollout(world, sampleRollout('h')));
    return change(world);
  },
  'meshChange.cancelled': async (world) => {
    await cancelledRollout(world, 'i');
    return change(world);
  },
  'meshChange.planned-again': async (world) => {
    await queued(world);
    return change(world);
  },
  'planPreview.planned': async (world) => {
    const { repository, pattern, commit, valid } = sampleRollout('j');
    if (valid === undefined) throw new Error('The sample is valid.');
    const handle = await world.client.workflow.start(WorkflowType.planPreview, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: 'preview',
      args: [{ cluster: 'local', pattern, repository, commit: commit.id, snapshot: valid.snapshot }],
    });
    return ended(handle);
  },
  'repositoryWatch.commit-and-hint': (world) => watched(world, 100),
  'repositoryWatch.continued-as-new': (world) => watched(world, 1),
};

async function ended(handle: WorkflowHandle): Promise<WorkflowHandle> {
  await handle.result().catch(() => undefined);
  return handle;
}

function rollout(world: World, input: RolloutInput): Promise<WorkflowHandle> {
  return world.client.workflow.start(WorkflowType.patternRollout, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflowId.rollout(input.pattern, input.commit.id),
    args: [input],
  });
}

function change(world: World): WorkflowHandle {
  return world.client.workflow.getHandle(workflowId.change('local', 'istio'));
}

async function inPhase(handle: WorkflowHandle, phase: RolloutStatus['phase']): Promise<RolloutStatus> {
  return eventually(`phase ${phase}`, async () => {
    const status = await handle.query<RolloutStatus>(Message.rolloutStatus);
    if (status.phase !== phase) throw new Error(`It is ${status.phase}.`);
    return status;
  });
}

async function decided(
  world: World,
  pattern: string,
  decision: DecisionRequest['decision'],
): Promise<WorkflowHandle> {
  const handle = await rollout(world, sampleRollout(pattern, { approval: { required: true } }));
  const { approval } = await inPhase(handle, 'awaiting-approval');
  const request: DecisionRequest = {
    subject: approval?.subject ?? '',
    decision,
    identity: 'bob',
    reason: 'seen',
  };
  await handle.executeUpdate(Message.decide, { args: [request] });
  return ended(handle);
}

function failVerification(world: World): void {
  world.targets.behaviour.verifyStage = ({ stage }) =>
    stage === 'base'
      ? Promise.resolve({ note: 'healthy' })
      : Promise.reject(
          new MeshwrightError('NOT_READY', 'istiod is not ready', { remedy: 'Check the image.' }),
        );
}

async function cancelledRollout(world: World, pattern: string): Promise<WorkflowHandle> {
  const applying = Promise.withResolvers<undefined>();
  world.targets.behaviour.applyStage = () => {
    applying.resolve(undefined);
    return heartbeating((signal) => delay(600_000, { note: '' }, { signal }));
  };
  const handle = await rollout(world, sampleRollout(pattern));
  await applying.promise;
  await handle.cancel();
  return ended(handle);
}

/** Two rollouts, the second of which waits for the first. */
async function queued(world: World): Promise<{ waiter: WorkflowHandle }> {
  const held = Promise.withResolvers<{ note: string }>();
  world.targets.behaviour.applyStage = () => held.promise;
  const holder = await rollout(world, sampleRollout('k', { subject: randomUUID() }));
  await inPhase(holder, 'changing');
  world.targets.behaviour.planChange = (input) => Promise.resolve(samplePlan(input, 'later'));
  const waiter = await rollout(world, sampleRollout('l', { subject: randomUUID() }));
  await inPhase(waiter, 'queued');
  held.resolve({ note: 'applied' });
  await ended(holder);
  return { waiter: await ended(waiter) };
}

/** A watch that has followed a commit, then a hint to another one that supersedes it. */
async function watched(world: World, looksPerRun: number): Promise<WorkflowHandle> {
  const first = sampleRollout('m', { subject: randomUUID(), approval: { required: true } });
  world.repository.moveTo([first]);
  const repository = `watched-${looksPerRun}`;
  const handle = await world.client.workflow.start(WorkflowType.repositoryWatch, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflowId.repository(repository),
    args: [{ repository, looksPerRun }],
  });
  const latest = world.client.workflow.getHandle(handle.workflowId);
  await hasRead(latest, first);
  const second = sampleRollout('m', { subject: randomUUID() });
  world.repository.polls = false;
  world.repository.moveTo([second]);
  await latest.signal(Message.repositoryHint);
  await hasRead(latest, second);
  if (looksPerRun > 1) await latest.terminate('recorded');
  // With one look in each run, the first run is one that continued as new.
  return world.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
}

async function hasRead(watch: WorkflowHandle, { commit }: RolloutInput): Promise<void> {
  await eventually('the watch has read the commit', async () => {
    const { lastCommit } = await watch.query<RepositoryStatus>(Message.repositoryStatus);
    if (lastCommit?.id !== commit.id) throw new Error('not yet');
  });
}

/** The history as JSON, without who and where it was recorded. */
async function exportHistory(handle: WorkflowHandle): Promise<string> {
  const history = JSON.parse(historyToJSON(await handle.fetchHistory())) as unknown;
  const anonymous = JSON.stringify(
    history,
    (key, value: unknown) => {
      if (key === 'identity' && typeof value === 'string') return 'recorder';
      return key === 'stackTrace' ? '' : value;
    },
    1,
  );
  return `${anonymous}\n`;
}

async function recordMissing(address: string): Promise<void> {
  await mkdir(historiesDirectory, { recursive: true });
  for (const [name, run] of Object.entries(cases)) {
    const file = join(historiesDirectory, `${name}.${version}.json`);
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) continue;
    const world = await startWorld(address, join(tmpdir(), 'meshwright-test-bundles'));
    try {
      await writeFile(file, await exportHistory(await run(world)));
      process.stdout.write(`recorded ${name}\n`);
    } finally {
      await world.stop();
    }
  }
}

const address = process.env.MESHWRIGHT_TEST_TEMPORAL;
if (address === undefined)
  throw new Error('Set MESHWRIGHT_TEST_TEMPORAL to host:port of a Temporal dev server.');
await recordMissing(address);
