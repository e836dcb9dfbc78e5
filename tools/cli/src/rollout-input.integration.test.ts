import { randomBytes } from 'node:crypto';
import { TaskQueue, workflowId, WorkflowType } from '@meshwright/model';
import { connectTemporal, type TemporalConnection } from '@meshwright/temporal';
import { invalidRollout, sampleRollout } from '@meshwright/workflow-bundle/test-support/samples';
import { testServerAddress } from '@meshwright/workflow-bundle/test-support/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRecord } from '@meshwright/rollouts/test-support/samples';
import { type Engine, startEngine } from './test-support/engine.ts';
import { readRolloutInput, type RolloutRecord } from '@meshwright/rollouts';

let engine: Engine;
let encrypted: TemporalConnection;

beforeAll(async () => {
  engine = await startEngine();
  const keys = [{ id: 'k1', key: randomBytes(32).toString('base64') }];
  encrypted = await connectTemporal({
    address: testServerAddress(),
    namespace: engine.world.namespace,
    encryption: { activeKey: 'k1', keys },
  });
});
afterAll(async () => {
  await encrypted.close();
  await engine.stop();
});

/** Starts it where no worker takes it up. */
async function start(input: ReturnType<typeof sampleRollout>): Promise<RolloutRecord> {
  const rollout = workflowId.rollout(input.pattern, input.commit.id);
  const handle = await encrypted.client.workflow.start(WorkflowType.patternRollout, {
    workflowId: rollout,
    taskQueue: `${TaskQueue.orchestrator}-of-nobody`,
    args: [input],
  });
  return sampleRecord({ rollout, runId: handle.firstExecutionRunId, commit: input.commit.id });
}

describe('what an earlier rollout was started with', () => {
  it('is read from its history, with the keys of the configuration', async () => {
    const input = sampleRollout('encrypted');
    const record = await start(input);
    expect(await readRolloutInput(encrypted.client, record)).toEqual(input);
    await expect(readRolloutInput(engine.world.client, record)).rejects.toThrow('"k1"');
  });

  it('is refused where the file was no valid pattern', async () => {
    const record = await start(invalidRollout('broken'));
    await expect(readRolloutInput(encrypted.client, record)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('never was a valid pattern') as string,
    });
  });

  it('is said to be gone with its history, with the way out', async () => {
    const record = sampleRecord({ rollout: 'rollout:gone@0123456789ab' });
    await expect(readRolloutInput(encrypted.client, record)).rejects.toMatchObject({
      code: 'EVIDENCE_MISSING',
      details: { remedy: expect.stringContaining('Revert in Git') as string },
    });
  });
});
