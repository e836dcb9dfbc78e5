import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import {
  failureOf,
  Message,
  MeshwrightError,
  TaskQueue,
  workflowId,
  WorkflowType,
  type Account,
  type Delivery,
  type DecisionRequest,
  type PolicyChangeStatus,
  type PullRequestStatus,
  type RepositoryStatus,
} from '@meshwright/model';
import { sampleRules } from './test-support/fake-gateway.ts';
import { openWorld } from './test-support/open-world.ts';
import { decide, decisionOn, inPhase, startRollout } from './test-support/rollouts.ts';
import { digestOf, sampleCommit, sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

beforeEach(() => {
  world.gateway.rules = sampleRules();
});

const chat = (id: string): Account => ({ service: 'chat', id });

function update<Status>(handle: WorkflowHandle, request: DecisionRequest): Promise<Status> {
  return handle.executeUpdate<Status, [DecisionRequest]>(Message.decide, { args: [request] });
}

describe('a changed policy', () => {
  async function watch(): Promise<{ handle: WorkflowHandle; name: string }> {
    const name = `patterns-${randomUUID()}`;
    const handle = await world.client.workflow.start(WorkflowType.repositoryWatch, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: workflowId.repository(name),
      args: [{ repository: name }],
    });
    return { handle, name };
  }

  function commitPolicy(word: string): string {
    const commit = sampleCommit(`Policy ${word} ${randomUUID()}`);
    world.repository.moveTo([], {
      commit,
      policy: { path: 'approvals.yaml', policy: digestOf(word), diagnostics: [] },
    });
    return commit.id;
  }

  const policyOf = async (handle: WorkflowHandle): Promise<string | undefined> =>
    (await handle.query<RepositoryStatus>(Message.repositoryStatus)).policy?.policy;

  it('counts at once where it is the first, and afterwards when the one before has approved it', async () => {
    commitPolicy('first');
    const { handle, name } = await watch();
    await eventually('the first counts', async () => expect(await policyOf(handle)).toBe(digestOf('first')));
    const commit = commitPolicy('second');
    const change = world.client.workflow.getHandle(workflowId.policy(name, commit));
    const status = await eventually('it asks', async () => {
      const seen = await change.query<PolicyChangeStatus>(Message.policyChangeStatus);
      expect(seen.phase).toBe('awaiting-approval');
      return seen;
    });
    expect(status.approval).toMatchObject({ gate: 'policy', may: ['bob', 'cleo'] });
    const request = decisionOn(status, { account: chat('bob') });
    await expect(update(change, { ...request, account: chat('dave') })).rejects.toThrow();
    expect(await policyOf(handle)).toBe(digestOf('first'));
    await update(change, request);
    await change.result();
    await eventually('the second counts', async () =>
      expect(await policyOf(handle)).toBe(digestOf('second')),
    );
    await handle.terminate();
  });

  it('gives way to a newer change of it, and to the return of the old one', async () => {
    commitPolicy('first');
    const { handle, name } = await watch();
    await eventually('the first counts', async () => expect(await policyOf(handle)).toBe(digestOf('first')));
    const second = world.client.workflow.getHandle(workflowId.policy(name, commitPolicy('second')));
    await eventually('it asks', async () => expect((await second.describe()).status.name).toBe('RUNNING'));
    const third = world.client.workflow.getHandle(workflowId.policy(name, commitPolicy('third')));
    await eventually('the third asks', async () =>
      expect((await third.describe()).status.name).toBe('RUNNING'),
    );
    await expect(second.result()).rejects.toThrow();
    commitPolicy('first');
    await expect(third.result()).rejects.toThrow();
    expect(await policyOf(handle)).toBe(digestOf('first'));
    await handle.terminate();
  });

  it('that is not valid is told, and counts for nothing', async () => {
    commitPolicy('first');
    const { handle, name } = await watch();
    await eventually('the first counts', async () => expect(await policyOf(handle)).toBe(digestOf('first')));
    const commit = sampleCommit(`Wrong ${randomUUID()}`);
    const diagnostics = [
      {
        code: 'UNKNOWN_FIELD',
        severity: 'error' as const,
        message: 'no such field',
        file: 'approvals.yaml',
        line: 1,
        column: 1,
      },
    ];
    world.repository.moveTo([], { commit, policy: { path: 'approvals.yaml', diagnostics } });
    const change = world.client.workflow.getHandle(workflowId.policy(name, commit.id));
    await eventually('it is told', async () => {
      const error = await change.result().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(failureOf(error)).toMatchObject({ code: 'INVALID_POLICY' });
    });
    expect(await policyOf(handle)).toBe(digestOf('first'));
    await handle.terminate();
  });
});

describe('the plan of a pull request', () => {
  it('is made before the merge, is decided on, follows its head and ends with it', async () => {
    const first = sampleRollout('proposed', { approval: { required: true, approvers: ['group:owners'] } });
    world.repository.head = {
      commit: first.commit,
      rollouts: [first],
      notes: ['approvals.yaml changes too'],
    };
    const state = {
      number: 3,
      url: 'https://forge/3',
      title: 'Propose',
      state: 'open',
      head: first.commit.id,
      headRef: 'refs/pull/3/head',
      accounts: [chat('ann')],
    } as const;
    world.gateway.pullRequest = state;
    const repository = `patterns-${randomUUID()}`;
    const handle = await world.client.workflow.start(WorkflowType.pullRequestPlan, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: workflowId.pullRequest(repository, 3),
      args: [{ repository, number: 3, channels: [] }],
    });
    const status = await eventually('it asks', async () => {
      const seen = await handle.query<PullRequestStatus>(Message.pullRequestStatus);
      expect(seen.phase).toBe('awaiting-approval');
      return seen;
    });
    expect(status.notes).toEqual(['approvals.yaml changes too']);
    const [planned] = status.rollouts;
    expect(planned?.approval).toMatchObject({ gate: 'change', may: ['bob', 'cleo'] });
    const request = decisionOn(planned!, { account: chat('bob') });
    await expect(update(handle, { ...request, account: chat('ann') })).rejects.toThrow();
    const after = await update<PullRequestStatus>(handle, request);
    expect(after.rollouts[0]?.decisions).toMatchObject([{ person: 'bob' }]);
    const second = sampleRollout('proposed', { subject: 'Better', approval: { required: true } });
    world.repository.head = { commit: second.commit, rollouts: [second], notes: [] };
    world.gateway.pullRequest = { ...state, head: second.commit.id };
    await handle.signal(Message.pullRequestHint);
    await eventually('the new head is planned', async () => {
      const seen = await handle.query<PullRequestStatus>(Message.pullRequestStatus);
      expect(seen).toMatchObject({
        phase: 'awaiting-approval',
        rollouts: [{ commit: second.commit.id, decisions: [] }],
      });
    });
    world.gateway.pullRequest = { ...state, head: second.commit.id, state: 'merged' };
    await handle.signal(Message.pullRequestHint);
    await expect(handle.result()).resolves.toMatchObject({ phase: 'succeeded' });
  });
});

describe('the notices of a run', () => {
  it('tell every channel to the end, also when one of them is away for a while', async () => {
    let failures = 2;
    const toldTheEnd: string[] = [];
    world.gateway.answer = async ({ channel, workflow, told }) => {
      if (channel === 'forge' && failures > 0) {
        failures -= 1;
        throw new MeshwrightError('SERVICE_UNREACHABLE', 'the forge is away');
      }
      const { status } = await world.client.workflow.getHandle(workflow).describe();
      const final = status.name !== 'RUNNING';
      if (final) toldTheEnd.push(channel);
      return { message: { id: channel }, told: [...told, status.name], final, moving: true };
    };
    const input = sampleRollout('told', { approval: { required: true }, channels: ['chat', 'forge'] });
    world.gateway.rules = undefined;
    const rollout = await startRollout(world, input);
    await decide(rollout);
    const { firstExecutionRunId = '' } = rollout as { firstExecutionRunId?: string };
    const notices = world.client.workflow.getHandle(
      workflowId.notices(rollout.workflowId, firstExecutionRunId),
    );
    await rollout.result();
    await notices.result();
    expect(toldTheEnd.toSorted()).toEqual(['chat', 'forge']);
  });

  it('are told of a run that is invalid, and of none without channels', async () => {
    const rollout = await startRollout(world, sampleRollout('untold'));
    await inPhase(rollout, 'succeeded');
    expect(world.gateway.tells).toEqual([]);
  });
});

describe('a delivery', () => {
  it('is carried out once, however often it comes in', async () => {
    const delivery: Delivery = {
      service: 'chat',
      id: randomUUID(),
      account: chat('bob'),
      from: '#mesh',
      about: {
        kind: 'message',
        reference: { rollout: 'rollout:x@1', run: 'r', gate: 'change', subject: 's' },
      },
      action: { kind: 'why' },
      reply: {},
    };
    const start = (): Promise<WorkflowHandle> =>
      world.client.workflow.start(WorkflowType.delivery, {
        taskQueue: TaskQueue.orchestrator,
        workflowId: workflowId.delivery(delivery.service, delivery.id),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        args: [delivery],
      });
    const first = await start();
    await expect(first.result()).resolves.toEqual({ answer: 'done' });
    await expect(start()).rejects.toThrow('already');
    expect(world.gateway.deliveries).toHaveLength(1);
  });
});
