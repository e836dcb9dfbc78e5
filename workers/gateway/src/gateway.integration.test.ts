import { createHmac } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import {
  type DecisionReference,
  Message,
  SearchAttribute,
  type PullRequestStatus,
  type RolloutInput,
  type RolloutStatus,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { sampleRollout } from '@meshwright/workflow-bundle/test-support/samples';
import { testCacheDirectory, testServerAddress } from '@meshwright/workflow-bundle/test-support/server';
import { eventually } from '@meshwright/workflow-bundle/test-support/world';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { samplePullRequest } from './test-support/services.ts';
import { secrets, send, startWorld, type World } from './test-support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld(testServerAddress(), testCacheDirectory);
  await world.watch();
  await world.startGateway();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.targets.reset();
  world.forge.replies.length = 0;
  world.chat.answers.length = 0;
});

function asking(pattern: string, channels: string[] = []): RolloutInput {
  return sampleRollout(pattern, { channels, approval: { required: true, approvers: ['group:owners'] } });
}

async function startWaiting(input: RolloutInput): Promise<WorkflowHandle> {
  const handle = await world.client.workflow.start(WorkflowType.patternRollout, {
    workflowId: workflowId.rollout(input.pattern, input.commit.id),
    taskQueue: TaskQueue.orchestrator,
    args: [input],
  });
  await waitsFor(handle, 'awaiting-approval');
  return handle;
}

async function waitsFor(handle: WorkflowHandle, phase: string): Promise<RolloutStatus> {
  return eventually(`${handle.workflowId} is ${phase}`, async () => {
    const status = await handle.query<RolloutStatus>(Message.rolloutStatus);
    expect(status.phase).toBe(phase);
    if (phase === 'awaiting-approval') expect(status.approval).toBeDefined();
    return status;
  });
}

async function referenceTo(handle: WorkflowHandle): Promise<DecisionReference> {
  const { approval } = await waitsFor(handle, 'awaiting-approval');
  const { run, gate, subject } = approval!;
  return { rollout: handle.workflowId, run, gate, subject };
}

function comment(id: string, body: string, more: object = {}): object {
  return {
    id: `delivery-${id}`,
    event: {
      kind: 'comment',
      project: 'acme/patterns',
      number: 7,
      comment: id,
      url: `https://git.example.com/acme/patterns/pulls/7#${id}`,
      body,
      author: { service: 'forge', id: 'bob', name: 'Bob' },
      automated: false,
      ...more,
    },
  };
}

async function deliveries(): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId: id } of world.client.workflow.list({
    query: `WorkflowType = '${WorkflowType.delivery}'`,
  })) {
    found.push(id);
  }
  return found;
}

describe('a plain webhook', () => {
  it('is a hint for the watch, in this process and by Temporal', async () => {
    const body = '{}';
    const signed = createHmac('sha256', secrets.hook).update(body).digest('hex');
    const response = await fetch(`${world.gateway().url}/hooks/plain`, {
      method: 'POST',
      headers: { 'x-signature-256': `sha256=${signed}` },
      body,
    });
    expect(response.status).toBe(202);
    await eventually('the hint is heard', () => expect(world.hints).toContain('plain'));
  });
});

describe('a push that a forge tells of', () => {
  it('has the watch look, and one of an unknown project nobody', async () => {
    world.hints.length = 0;
    const push = (project: string) => ({
      id: 'p-1',
      event: { kind: 'push', project, ref: 'refs/heads/main', pusher: { service: 'forge', id: 'ann' } },
    });
    expect((await send(world, '/forges/forge', push('Acme/Patterns'))).status).toBe(202);
    expect((await send(world, '/forges/forge', push('acme/other'))).status).toBe(202);
    expect(world.hints).toEqual(['patterns']);
  });
});

describe('a decision in a chat', () => {
  it('lets a rollout go on, and is answered to the person alone', async () => {
    const rollout = await startWaiting(asking('by-chat', ['team']));
    const reference = await referenceTo(rollout);
    const message = await eventually('the chat is told', () => {
      const told = world.chat.published.findLast(({ notice }) => notice.approval?.open === true);
      expect(told?.notice).toMatchObject({
        pattern: 'by-chat',
        rollout: reference.rollout,
        run: reference.run,
      });
      return told;
    });
    const event = {
      kind: 'decision',
      reference,
      decision: 'approve',
      account: { service: 'team', id: 'bob' },
    };
    const delivery = { id: 'click-1', event: { ...event, from: '#mesh', reply: { to: 'bob' } } };
    const response = await send(world, '/chats/team', delivery);
    expect([response.status, await response.text()]).toEqual([200, 'seen']);
    const status = await eventually('it is over', async () => {
      const done = await rollout.query<RolloutStatus>(Message.rolloutStatus);
      expect(done.phase).toBe('succeeded');
      return done;
    });
    expect(status.decisions).toMatchObject([{ person: 'bob', decision: 'approve', from: '#mesh' }]);
    await eventually('the person is answered', () =>
      expect(world.chat.answers).toEqual([
        { reply: { to: 'bob' }, text: 'Approved: nothing more is needed.' },
      ]),
    );
    await eventually('the chat is told the end in the same message', () => {
      const last = world.chat.published.findLast(({ notice }) => notice.pattern === 'by-chat');
      expect([last?.message, last?.notice.phase]).toEqual([message?.message, 'succeeded']);
    });
    const lines = world.chat.progress.flatMap((one) => one.lines);
    expect(lines.filter((line) => line.startsWith('Approved by bob'))).toHaveLength(1);
  });

  it('of somebody whom the policy does not know is refused, with the reason', async () => {
    const rollout = await startWaiting(asking('by-stranger'));
    const reference = await referenceTo(rollout);
    const event = {
      kind: 'decision',
      reference,
      decision: 'approve',
      account: { service: 'team', id: 'mallory' },
    };
    await send(world, '/chats/team', {
      id: 'click-2',
      event: { ...event, from: '#mesh', reply: { to: 'm' } },
    });
    await eventually('the stranger is answered', () =>
      expect(world.chat.answers).toEqual([
        { reply: { to: 'm' }, text: expect.stringMatching(/^Refused: .*belongs to nobody/) as string },
      ]),
    );
    expect((await waitsFor(rollout, 'awaiting-approval')).decisions).toEqual([]);
    await rollout.terminate();
  });

  it('that needs a reason opens its dialogue, and nothing else', async () => {
    const before = await deliveries();
    const reference = {
      rollout: 'rollout:a@1',
      run: 'r',
      gate: 'change',
      subject: `sha256:${'a'.repeat(64)}`,
    };
    const event = { kind: 'ask-reason', reference, decision: 'reject', reply: { trigger: 't' } };
    expect((await send(world, '/chats/team', { id: 'click-3', event })).status).toBe(200);
    expect(world.chat.asked).toEqual([
      {
        reply: { trigger: 't' },
        about: { reference, decision: 'reject', title: 'rollout:a@1, aaaaaaaaaaaa' },
      },
    ]);
    expect(await deliveries()).toEqual(before);
  });
});

describe('a pull request', () => {
  const head = sampleRollout('by-comment', { subject: 'Proposed' });

  it('is planned, commented on, and decided on by comments that count once, also over a restart', async () => {
    world.forge.pullRequests = [samplePullRequest({ head: head.commit.id })];
    const rollouts = [asking('by-comment')];
    world.repository.head = { commit: head.commit, rollouts, notes: [] };
    const event = { kind: 'pull-request', project: 'acme/patterns', number: 7 };
    expect((await send(world, '/forges/forge', { id: 'o-1', event })).status).toBe(202);
    const handle = world.client.workflow.getHandle(workflowId.pullRequest('patterns', 7));
    const status = (): Promise<PullRequestStatus> =>
      handle.query<PullRequestStatus>(Message.pullRequestStatus);
    const subject = await eventually('it is planned', async () => {
      const planned = (await status()).rollouts[0]?.approval;
      expect(planned).toBeDefined();
      return planned!.subject;
    });
    const digits = subject.replace('sha256:', '').slice(0, 12);
    await eventually('it is commented on', () => {
      const text = world.forge.comments.get('7 <!-- meshwright:patterns/by-comment -->') ?? '{}';
      expect(JSON.parse(text)).toMatchObject({ approval: { subject, open: true } });
    });
    expect(world.forge.statuses.at(-1)).toMatchObject({
      commit: head.commit.id,
      status: { state: 'pending', context: 'meshwright/by-comment' },
    });
    await send(world, '/forges/forge', comment('c-0', '/approve'));
    await eventually('the line to copy is given', () => {
      expect(world.forge.replies.at(-1)?.markdown).toContain(`approve ${digits}`);
    });
    const approve = comment('c-1', `/approve ${digits}`);
    expect((await send(world, '/forges/forge', approve)).status).toBe(202);
    expect((await send(world, '/forges/forge', { ...approve, id: 'another-delivery' })).status).toBe(202);
    await eventually('it is decided', async () => expect((await status()).phase).toBe('queued'));
    await eventually('it is answered', () =>
      expect(world.forge.replies.filter(({ markdown }) => markdown.startsWith('Approved'))).toHaveLength(1),
    );
    await world.stopGateway();
    await world.startGateway();
    expect((await send(world, '/forges/forge', approve)).status).toBe(202);
    const execution = world.client.workflow.getHandle(workflowId.delivery('forge', 'comment-c-1'));
    const runId = await eventually('it is over', async () => {
      const ended = await execution.describe();
      expect(ended.status.name).toBe('COMPLETED');
      return ended.runId;
    });
    expect((await send(world, '/forges/forge', approve)).status).toBe(202);
    expect((await execution.describe()).runId).toBe(runId);
    expect((await status()).rollouts[0]?.decisions).toHaveLength(1);
    expect(world.forge.replies.filter(({ markdown }) => markdown.startsWith('Approved'))).toHaveLength(1);
    await eventually('it may be merged', () =>
      expect(world.forge.statuses.at(-1)?.status.state).toBe('success'),
    );
  });

  it('of a stranger is planned when somebody known asks for it, for that head only', async () => {
    const author = { service: 'forge', id: 'mallory' };
    world.forge.pullRequests = [samplePullRequest({ number: 8, author, head: head.commit.id })];
    world.repository.head = { commit: head.commit, rollouts: [asking('by-comment')], notes: [] };
    await send(world, '/forges/forge', {
      id: 'o-2',
      event: { kind: 'pull-request', project: 'acme/patterns', number: 8 },
    });
    const handle = world.client.workflow.getHandle(workflowId.pullRequest('patterns', 8));
    const status = (): Promise<PullRequestStatus> =>
      handle.query<PullRequestStatus>(Message.pullRequestStatus);
    await eventually('it is refused', async () =>
      expect((await status()).pullRequest?.refused).toContain('nobody whom the policy knows'),
    );
    await send(world, '/forges/forge', comment('c-2', '/plan', { number: 8, author }));
    await eventually('the stranger is refused', () =>
      expect(world.forge.replies.at(-1)?.markdown).toMatch(/^Refused: the approval policy knows nobody/),
    );
    expect((await status()).rollouts).toEqual([]);
    await send(world, '/forges/forge', comment('c-3', '/plan', { number: 8 }));
    await eventually('it is planned', async () => expect((await status()).rollouts).toHaveLength(1));
    world.forge.pullRequests = [samplePullRequest({ number: 8, author, head: 'f'.repeat(40) })];
    await send(world, '/forges/forge', {
      id: 'o-3',
      event: { kind: 'pull-request', project: 'acme/patterns', number: 8 },
    });
    await eventually('what was pushed since is refused', async () =>
      expect((await status()).pullRequest).toMatchObject({
        head: 'f'.repeat(40),
        refused: expect.any(String) as string,
      }),
    );
  });

  it('whose webhook was lost is found when the gateway starts', async () => {
    world.forge.pullRequests = [samplePullRequest({ number: 9, head: head.commit.id })];
    world.repository.head = { commit: head.commit, rollouts: [], notes: ['Nothing.'] };
    await world.stopGateway();
    await world.startGateway();
    const handle = world.client.workflow.getHandle(workflowId.pullRequest('patterns', 9));
    await eventually('it is planned', async () =>
      expect((await handle.query<PullRequestStatus>(Message.pullRequestStatus)).notes).toEqual(['Nothing.']),
    );
  });
});

describe('a comment on a merged pull request', () => {
  it('decides on the rollout of its merge', async () => {
    const input = asking('after-merge');
    world.forge.pullRequests = [
      samplePullRequest({ number: 11, state: 'merged', mergedBy: { service: 'forge', id: 'ci' } }),
    ];
    world.forge.broughtBy.set(input.commit.id, 11);
    const rollout = await startWaiting(input);
    const { subject } = await referenceTo(rollout);
    await eventually('visibility has caught up', async () => {
      const waits = `${SearchAttribute.commit} = '${input.commit.id}' AND ${SearchAttribute.phase} = 'awaiting-approval'`;
      expect((await world.client.workflow.count(waits)).count).toBe(1);
    });
    await send(world, '/forges/forge', comment('c-6', '/hold load test', { number: 11 }));
    await eventually('it is held', async () => {
      const status = await rollout.query<RolloutStatus>(Message.rolloutStatus);
      expect(status.approval?.held).toMatchObject({ person: 'bob', reason: 'load test' });
    });
    await send(world, '/forges/forge', comment('c-7', '/release', { number: 11 }));
    await eventually('it is released', async () => {
      const status = await rollout.query<RolloutStatus>(Message.rolloutStatus);
      expect(status.approval?.held).toBeUndefined();
    });
    const line = `/approve ${subject.slice(7, 19)}`;
    await send(
      world,
      '/forges/forge',
      comment('c-8', line, { number: 11, author: { service: 'forge', id: 'ci' } }),
    );
    await eventually('who has merged it is refused', () =>
      expect(world.forge.replies.at(-1)?.markdown).toContain('merged'),
    );
    await send(world, '/forges/forge', comment('c-9', line, { number: 11 }));
    await waitsFor(rollout, 'succeeded');
  });
});

describe('the API', () => {
  const headers = { authorization: `Bearer ${secrets.token}`, 'content-type': 'application/json' };
  const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${world.gateway().url}/api/v1${path}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('tells strangers nothing but that they are not believed', async () => {
    for (const path of ['/rollouts', '/rollouts/x', '/approvals', '/openapi.json']) {
      const response = await fetch(`${world.gateway().url}/api/v1${path}`, {
        headers: { authorization: 'Bearer wrong' },
      });
      expect([response.status, await response.text()]).toEqual([401, '']);
    }
  });

  it('lists what waits, reads it, and takes a decision once', async () => {
    const rollout = await startWaiting(asking('by-api'));
    const reference = await referenceTo(rollout);
    const waiting = await eventually('it is listed', async () => {
      const { body } = await get('/approvals?repository=patterns');
      const found = (body.approvals as { workflow: string }[]).find(
        ({ workflow }) => workflow === rollout.workflowId,
      );
      expect(found).toMatchObject({
        kind: 'rollout',
        about: 'by-api',
        approval: { subject: reference.subject },
      });
      return found;
    });
    expect(waiting).toBeDefined();
    const { body } = await get(`/rollouts/${encodeURIComponent(rollout.workflowId)}`);
    expect(body).toMatchObject({ status: { pattern: 'by-api', phase: 'awaiting-approval' } });
    const listed = await get('/rollouts?pattern=by-api');
    expect(listed.body.rollouts).toMatchObject([{ rollout: rollout.workflowId }]);
    const decide = async (change: object): Promise<{ status: number; body: Record<string, unknown> }> => {
      const { rollout: id, ...seen } = reference;
      const response = await fetch(
        `${world.gateway().url}/api/v1/rollouts/${encodeURIComponent(id)}/decisions`,
        {
          method: 'POST',
          headers: { ...headers, 'idempotency-key': 'once' },
          body: JSON.stringify({ ...seen, decision: 'approve', ...change }),
        },
      );
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const stale = await decide({ subject: `sha256:${'0'.repeat(64)}` });
    expect(stale).toMatchObject({ status: 409, body: { code: 'APPROVAL_REFUSED' } });
    expect((await decide({ account: { service: 'team', id: 'bob' } })).status).toBe(400);
    const [one, other] = [await decide({}), await decide({})];
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(one.body.decisions).toMatchObject([
      { person: 'ci', account: { service: 'api', id: 'ci' }, from: 'the API' },
    ]);
    await waitsFor(rollout, 'succeeded');
  });
});

describe('while Temporal is away', () => {
  it('what has to be kept is refused so that it is sent again, and what does not is not', async () => {
    await world.stopGateway();
    await world.startGateway({ temporal: { address: '127.0.0.1:1', namespace: 'nowhere' } });
    expect((await send(world, '/forges/forge', comment('c-10', '/hold'))).status).toBe(503);
    expect((await send(world, '/forges/forge', comment('c-11', 'Looks good to me'))).status).toBe(202);
    expect((await send(world, '/forges/forge', { id: 'ping', event: { kind: 'ping' } })).status).toBe(202);
    const reference = { rollout: 'rollout:a@1', run: 'r', gate: 'change', subject: 's' };
    const event = { kind: 'why', reference, account: { service: 'team', id: 'bob' }, reply: {} };
    expect((await send(world, '/chats/team', { id: 'w-1', event })).status).toBe(503);
    expect((await fetch(`${world.gateway().url}/healthz`)).status).toBe(200);
    const response = await fetch(`${world.gateway().url}/api/v1/rollouts`, {
      headers: { authorization: `Bearer ${secrets.token}` },
    });
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'TEMPORAL_UNREACHABLE' }),
    ]);
    await world.stopGateway();
    await world.startGateway();
  });
});
