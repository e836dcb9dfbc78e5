import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import {
  Message,
  MeshwrightError,
  TaskQueue,
  workflowId,
  WorkflowType,
  type DecisionRequest,
  type PolicyChangeStatus,
  type PullRequestStatus,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import { sampleRules } from '../test-support/fake-gateway.ts';
import { planWith, sampleGate } from '../test-support/gates.ts';
import { decisionOn, inPhase, startRollout, statusOf } from '../test-support/rollouts.ts';
import { digestOf, sampleCommit, sampleRollout } from '../test-support/samples.ts';
import { eventually, type World } from '../test-support/world.ts';
import type { Scenario } from './scenarios.ts';

const asking: Partial<ValidPattern['approval']> = { required: true, approvers: ['group:owners'] };

/** The paths of a rollout whose repository has a policy. */
export const policyScenarios: Record<string, Scenario> = {
  'held-and-released': async (world) => {
    const rollout = await waiting(world, 'p-held', asking);
    await decide(rollout, 'dave', { decision: 'hold', reason: 'not now' });
    await decide(rollout, 'bob');
    await decide(rollout, 'cleo', { decision: 'release' });
    return rollout;
  },
  'waves-approved': async (world) => {
    world.gateway.rules = sampleRules();
    const targets = [
      { cluster: 'local', wave: 1 },
      { cluster: 'second', wave: 2 },
    ];
    const approval = { ...asking, betweenWaves: true };
    const rollout = await startRollout(world, sampleRollout('p-waves', { targets, approval }));
    await atGate(rollout, 'change');
    await decide(rollout, 'bob');
    await atGate(rollout, 'wave:2');
    await decide(rollout, 'cleo');
    return rollout;
  },
  'glass-broken': async (world) => {
    world.gateway.window = { reason: 'year end', until: Date.now() + 3_600_000 };
    const rollout = await waiting(world, 'p-frozen', {});
    await decide(rollout, 'dave', { decision: 'break-glass', reason: 'the site is down' });
    return rollout;
  },
  'verdict-expired': async (world) => {
    planWith(world, { ...sampleGate, onRegression: 'hold', onInconclusive: 'hold' });
    world.load.behaviour = () => Promise.reject(new MeshwrightError('LOAD_UNAVAILABLE', 'no generator'));
    world.gateway.rules = sampleRules();
    const approval = { ...asking, expiresAfterSeconds: 2 };
    const rollout = await startRollout(world, sampleRollout('p-verdict', { approval }));
    await atGate(rollout, 'change');
    await decide(rollout, 'bob');
    return rollout;
  },
};

/** What goes on beside rollouts. */
export const besideScenarios: Record<string, Scenario> = {
  'policyChange.approved': async (world) => {
    world.gateway.rules = sampleRules();
    const watch = await world.client.workflow.start(WorkflowType.repositoryWatch, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: workflowId.repository('with-policy'),
      args: [{ repository: 'with-policy' }],
    });
    await commitPolicy(world, watch, 'first');
    const commit = await commitPolicy(world, watch, 'second');
    const change = world.client.workflow.getHandle(workflowId.policy('with-policy', commit));
    const status = await eventually('it asks', async () => {
      const seen = await change.query<PolicyChangeStatus>(Message.policyChangeStatus);
      if (seen.phase !== 'awaiting-approval') throw new Error('not yet');
      return seen;
    });
    await send(change, decisionOn(status, { account: { service: 'chat', id: 'bob' } }));
    await change.result();
    await watch.terminate('recorded');
    return change;
  },
  'pullRequestPlan.merged': async (world) => {
    world.gateway.rules = sampleRules();
    const input = sampleRollout('p-proposed', { approval: asking });
    const head = input.commit.id;
    const state = { number: 3, url: 'https://forge/3', title: 'Propose', headRef: 'refs/pull/3/head', head };
    world.repository.head = { commit: input.commit, rollouts: [input], notes: [] };
    world.gateway.pullRequest = { ...state, state: 'open', accounts: [] };
    const handle = await world.client.workflow.start(WorkflowType.pullRequestPlan, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: workflowId.pullRequest('patterns', 3),
      args: [{ repository: 'patterns', number: 3, channels: [] }],
    });
    const status = await eventually('it asks', async () => {
      const seen = await handle.query<PullRequestStatus>(Message.pullRequestStatus);
      if (seen.phase !== 'awaiting-approval') throw new Error('not yet');
      return seen;
    });
    await send(handle, decisionOn(status.rollouts[0] ?? {}, { account: { service: 'chat', id: 'bob' } }));
    world.gateway.pullRequest = { ...state, state: 'merged', accounts: [] };
    await handle.signal(Message.pullRequestHint);
    await handle.result();
    return handle;
  },
  'rolloutNotices.told': async (world) => {
    const rollout = await startRollout(world, sampleRollout('p-told', { channels: ['chat', 'forge'] }));
    await rollout.result();
    const { runId } = await rollout.describe();
    const notices = world.client.workflow.getHandle(workflowId.notices(rollout.workflowId, runId));
    await notices.result();
    return notices;
  },
  'delivery.taken': async (world) => {
    const reference = { rollout: 'rollout:x@1', run: 'r', gate: 'change', subject: 's' };
    const handle = await world.client.workflow.start(WorkflowType.delivery, {
      taskQueue: TaskQueue.orchestrator,
      workflowId: workflowId.delivery('chat', '1'),
      args: [
        {
          service: 'chat',
          id: '1',
          account: { service: 'chat', id: 'bob' },
          from: '#mesh',
          about: { kind: 'message', reference },
          action: { kind: 'why' },
          reply: {},
        },
      ],
    });
    await handle.result();
    return handle;
  },
};

async function waiting(world: World, pattern: string, approval: object): Promise<WorkflowHandle> {
  world.gateway.rules = sampleRules();
  const rollout = await startRollout(world, sampleRollout(pattern, { approval }));
  await inPhase(rollout, 'awaiting-approval');
  return rollout;
}

async function atGate(rollout: WorkflowHandle, gate: string): Promise<void> {
  await eventually(`the gate ${gate}`, async () => {
    const { approval } = await statusOf(rollout);
    if (approval?.gate !== gate) throw new Error('not yet');
  });
}

async function decide(
  rollout: WorkflowHandle,
  id: string,
  request: Partial<DecisionRequest> = {},
): Promise<void> {
  const account = { service: 'chat', id };
  await send(rollout, decisionOn(await statusOf(rollout), { account, ...request }));
}

async function send(handle: WorkflowHandle, request: DecisionRequest): Promise<void> {
  await handle.executeUpdate<RolloutStatus, [DecisionRequest]>(Message.decide, { args: [request] });
}

async function commitPolicy(world: World, watch: WorkflowHandle, word: string): Promise<string> {
  const commit = sampleCommit(`Policy ${word} ${randomUUID()}`);
  world.repository.moveTo([], {
    commit,
    policy: { path: 'approvals.yaml', policy: digestOf(word), diagnostics: [] },
  });
  await eventually('the watch has read the policy', async () => {
    const { lastCommit } = await watch.query<{ lastCommit?: { id: string } }>(Message.repositoryStatus);
    if (lastCommit?.id !== commit.id) throw new Error('not yet');
  });
  return commit.id;
}
