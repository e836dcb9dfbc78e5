import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TaskQueue, WorkflowType } from '@meshwright/model';
import { startWorker, type RunningWorker } from '@meshwright/temporal';
import { sampleRollout } from './test-support/samples.ts';
import { openLink, type Link } from './test-support/link.ts';
import { testCacheDirectory, testServerAddress } from './test-support/server.ts';
import { eventually, silentLogger, startWorld, type World } from './test-support/world.ts';

/** Longer, to see that a worker outlives more than a hiccup: MESHWRIGHT_TEST_OUTAGE_SECONDS=70. */
const outageMilliseconds = Number(process.env.MESHWRIGHT_TEST_OUTAGE_SECONDS ?? '5') * 1_000;

let link: Link;
let world: World;

beforeAll(async () => {
  link = await openLink(testServerAddress());
  world = await startWorld(testServerAddress(), testCacheDirectory, { workerAddress: link.address });
});
afterAll(async () => {
  await world.stop();
  await link.close();
});

it(
  'a rollout waits while its workers cannot reach Temporal, and goes on when they can',
  async () => {
    const applying = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<{ note: string }>();
    world.targets.behaviour.applyStage = () => {
      applying.resolve(undefined);
      return gate.promise;
    };
    const handle = await world.client.workflow.start(WorkflowType.patternRollout, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: 'rollout:outage',
      args: [sampleRollout('outage')],
    });
    await applying.promise;
    await link.cut();
    gate.resolve({ note: 'applied' });
    await delay(outageMilliseconds);
    await link.mend();
    expect(await handle.result()).toMatchObject({ phase: 'succeeded' });
  },
  outageMilliseconds + 120_000,
);

it('a worker that is started while Temporal is away polls as soon as it is back', async () => {
  await link.cut();
  const worker = await startWorker({
    address: link.address,
    namespace: world.namespace,
    taskQueue: 'late',
    activities: { nothing: () => Promise.resolve() },
    logger: silentLogger,
  });
  expect(worker.state).toBe('connecting');
  await link.mend();
  await worker.ready;
  expect(worker.state).toBe('polling');
  await worker.stop();
  expect(worker.state).toBe('stopped');
});

it('a worker can be stopped while Temporal is away', async () => {
  await link.cut();
  const worker: RunningWorker = await startWorker({
    address: link.address,
    namespace: world.namespace,
    taskQueue: 'never',
    activities: { nothing: () => Promise.resolve() },
    logger: silentLogger,
  });
  await worker.stop();
  expect(worker.state).toBe('stopped');
  await expect(worker.ready).rejects.toThrow('stopped before it polled');
  await link.mend();
  await eventually('the others are back', () => world.client.connection.ensureConnected());
});

it('a worker with a broken bundle says so instead of trying for ever', async () => {
  const worker = await startWorker({
    address: testServerAddress(),
    namespace: world.namespace,
    taskQueue: 'broken',
    workflowBundle: { code: 'this is no bundle' },
    logger: silentLogger,
  });
  await expect(worker.ready).rejects.toThrow();
  expect(worker.state).toBe('failed');
});
