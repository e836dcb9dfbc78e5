import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { openSecrets } from '@meshwright/config';
import { type EvidenceStore, openEvidence } from '@meshwright/evidence';
import {
  type GatewayActivities,
  Message,
  MeshwrightError,
  type RolloutStatus,
  type TellInput,
  workflowId,
} from '@meshwright/model';
import { sampleApproval, sampleStatus, sampleTarget } from '@meshwright/rollouts/test-support/samples';
import { openServices } from '@meshwright/services';
import { samplePlan } from '@meshwright/wording/test-support/plans';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../test-support/logger.ts';
import { FakeChat, FakeForge, registryOf, samplePullRequest } from '../test-support/services.ts';
import { sampleConfig, samplePolicy } from '../test-support/world.ts';
import { createGatewayActivities } from './activities.ts';

let directory: string;
let evidence: EvidenceStore;
let forge: FakeForge;
let chat: FakeChat;
/** What workflows answer to their queries, by workflow id. */
let statuses: Map<string, unknown>;
let activities: GatewayActivities;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-gateway-'));
  evidence = openEvidence({ directory });
  [forge, chat, statuses] = [new FakeForge(), new FakeChat(), new Map<string, unknown>()];
  activities = createGatewayActivities({
    engine: { ready: Promise.resolve(), client: () => fakeClient(), close: () => Promise.resolve() },
    services: await openServices({
      config: sampleConfig(directory, { address: 'nowhere', namespace: 'none' }),
      secrets: openSecrets({ environment: {} }),
      plugins: registryOf(forge, chat),
      context: { http: { send: () => Promise.reject(new Error('Nobody is reached.')) }, now: () => 0 },
    }),
    evidence,
    logger: recordingLogger(),
    runUrl: (workflow) => `https://temporal.example.com/${workflow}`,
  });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A Temporal whose workflows all run, and answer what the test says. */
function fakeClient(): Client {
  const client = {
    connection: { withDeadline: (_deadline: number, work: () => unknown) => work() },
    workflow: {
      getHandle: (id: string, run = 'run-1') => ({
        describe: () =>
          Promise.resolve({
            workflowId: id,
            runId: run,
            status: { name: 'RUNNING' },
            startTime: new Date(0),
            typedSearchAttributes: { get: () => undefined },
          }),
        query: (name: string) => {
          const status = statuses.get(`${id} ${name}`);
          return status === undefined
            ? Promise.reject(new Error('Nobody answers.'))
            : Promise.resolve(status);
        },
      }),
    },
  };
  return client as unknown as Client;
}

async function policyCounts(policy = samplePolicy()): Promise<string> {
  const digest = await evidence.putJson(policy);
  statuses.set(`${workflowId.repository('patterns')} ${Message.repositoryStatus}`, {
    policy: { policy: digest, commit: 'c' },
  });
  return digest;
}

describe('the rules of a policy', () => {
  it('are those of the one that counts, unless another is asked for, and none where there is none', async () => {
    const policy = await policyCounts();
    expect((await activities.readRules({ repository: 'patterns' })).rules).toMatchObject({
      policy,
      groups: { owners: ['bob', 'ci'] },
      breakGlass: [],
    });
    const other = await evidence.putJson(samplePolicy({ breakGlass: ['user:ann', 'group:owners'] }));
    const { rules } = await activities.readRules({ repository: 'patterns', policy: other });
    expect(rules?.breakGlass).toEqual(['ann', 'bob', 'ci']);
    statuses.set(`${workflowId.repository('patterns')} ${Message.repositoryStatus}`, {});
    expect(await activities.readRules({ repository: 'patterns' })).toEqual({});
  });

  it('have the people of a team, and nobody whom the policy does not know', async () => {
    const groups = { team: { members: [], team: { service: 'forge', team: 'acme/owners' } } };
    await policyCounts(samplePolicy({ groups }));
    forge.teams['acme/owners'] = [
      { service: 'forge', id: 'ann' },
      { service: 'forge', id: 'mallory' },
      { service: 'team', id: 'bob' },
    ];
    const { rules } = await activities.readRules({ repository: 'patterns' });
    expect(rules?.groups).toEqual({ team: ['ann', 'bob'] });
  });

  it('are not known while the forge of a team is away: nobody is taken for nobody', async () => {
    const groups = { team: { members: [], team: { service: 'forge', team: 'acme/owners' } } };
    await policyCounts(samplePolicy({ groups }));
    forge.away = new MeshwrightError('SERVICE_UNREACHABLE', 'It is away.');
    await expect(activities.readRules({ repository: 'patterns' })).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
    });
    forge.away = undefined;
    expect((await activities.readRules({ repository: 'patterns' })).rules?.groups).toEqual({ team: [] });
  });

  it('name a team of a forge that is not configured as what is wrong', async () => {
    const groups = { team: { members: [], team: { service: 'elsewhere', team: 'a/b' } } };
    await policyCounts(samplePolicy({ groups }));
    await expect(activities.readRules({ repository: 'patterns' })).rejects.toMatchObject({
      code: 'INVALID_POLICY',
    });
  });
});

it('checks the windows of exactly the policy that is named', async () => {
  const freeze = {
    name: 'sale',
    kind: 'deny' as const,
    timeZone: 'UTC',
    patterns: [],
    clusters: [],
    when: { from: '2000-01-01T00:00', to: '2999-01-01T00:00' },
  };
  const about = { pattern: 'checkout-mesh', clusters: ['local'] };
  const frozen = await evidence.putJson(samplePolicy({ windows: [freeze] }));
  const open = await evidence.putJson(samplePolicy());
  expect((await activities.checkWindows({ policy: frozen, ...about })).reason).toContain('sale');
  expect(await activities.checkWindows({ policy: open, ...about })).toEqual({});
});

describe('the origin of a commit', () => {
  it('is who pushed it, and who proposed and merged its pull request, with what was decided there', async () => {
    forge.pullRequests = [
      samplePullRequest({ state: 'merged', mergedBy: { service: 'forge', id: 'bob' } }),
      samplePullRequest({ number: 8, state: 'open', author: { service: 'forge', id: 'mallory' } }),
    ];
    forge.broughtBy.set('c1', 7);
    forge.pushers = [{ service: 'forge', id: 'ci' }];
    const decision = {
      decision: 'approve',
      person: 'bob',
      account: { service: 'team', id: 'bob' },
      from: '#mesh',
      gate: 'change',
      subject: 's',
      at: 1,
    };
    const rollout = {
      ...sampleStatus(),
      approval: sampleApproval({ run: 'run-of-the-plan' }),
      decisions: [decision],
    };
    statuses.set(`${workflowId.pullRequest('patterns', 7)} ${Message.pullRequestStatus}`, {
      repository: 'patterns',
      rollouts: [rollout],
      startedAt: 1,
    });
    expect(await activities.findOrigin({ repository: 'patterns', commit: 'c1' })).toEqual({
      accounts: [
        { service: 'forge', id: 'ci' },
        { service: 'forge', id: 'ann' },
        { service: 'forge', id: 'bob' },
      ],
      pullRequest: { number: 7, url: 'https://git.example.com/acme/patterns/pulls/7' },
      decisions: [
        {
          run: 'run-of-the-plan',
          gate: 'change',
          subject: 's',
          decision: 'approve',
          account: { service: 'team', id: 'bob' },
          from: '#mesh',
        },
      ],
    });
  });

  it('takes nothing over from a pull request that is open, or went into another branch', async () => {
    forge.broughtBy.set('c1', 7);
    for (const change of [{ state: 'open' as const }, { state: 'merged' as const, base: 'other' }]) {
      forge.pullRequests = [samplePullRequest(change)];
      expect(await activities.findOrigin({ repository: 'patterns', commit: 'c1' })).toEqual({
        accounts: [],
        decisions: [],
      });
    }
  });

  it('is not guessed while nobody answers for the plan of its pull request', async () => {
    forge.broughtBy.set('c1', 7);
    forge.pullRequests = [samplePullRequest({ state: 'merged' })];
    await expect(activities.findOrigin({ repository: 'patterns', commit: 'c1' })).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
    });
  });

  it('is nobody where the repository has no forge', async () => {
    expect(await activities.findOrigin({ repository: 'plain', commit: 'c1' })).toEqual({
      accounts: [],
      decisions: [],
    });
  });
});

describe('a pull request', () => {
  it('is planned for people of the policy, and for strangers whose head somebody known has asked for', async () => {
    await policyCounts();
    const refused = async (asked?: string): Promise<string | undefined> =>
      (
        await activities.readPullRequest({
          repository: 'patterns',
          number: 7,
          ...(asked === undefined ? {} : { asked }),
        })
      ).refused;
    forge.pullRequests = [samplePullRequest()];
    expect(await refused()).toBeUndefined();
    forge.pullRequests = [samplePullRequest({ author: { service: 'team', id: 'ann' }, base: 'release' })];
    expect(await refused()).toContain('it goes into release');
    forge.pullRequests = [samplePullRequest({ author: { service: 'forge', id: 'mallory' } })];
    expect(await refused()).toContain('/plan');
    expect(await refused('b'.repeat(40))).toContain('/plan');
    expect(await refused('a'.repeat(40))).toBeUndefined();
  });
});

describe('telling', () => {
  const told: TellInput = {
    kind: 'rollout',
    workflow: 'rollout:checkout-mesh@0123456789ab',
    run: 'run-1',
    repository: 'patterns',
    channel: 'team',
    told: [],
  };

  async function rollout(overrides: Partial<RolloutStatus> = {}): Promise<void> {
    const plan = await evidence.putJson(samplePlan());
    const target = sampleTarget();
    const targets = [{ ...target, plan: { ...target.plan!, digest: plan } }];
    statuses.set(`${told.workflow} ${Message.rolloutStatus}`, sampleStatus({ targets, ...overrides }));
  }

  it('a chat sends one message, then changes it and adds to its thread what is new', async () => {
    await rollout();
    const first = await activities.tell(told);
    expect(first).toMatchObject({ final: false, moving: true });
    expect(chat.progress).toEqual([]);
    await rollout({ phase: 'succeeded', finishedAt: 2_000_000_000_000 });
    const second = await activities.tell({ ...told, message: first.message!, told: first.told });
    expect(second).toMatchObject({ final: true, message: first.message });
    expect(chat.published.map(({ message, notice }) => [message, notice.phase])).toEqual([
      ['m-1', 'changing'],
      ['m-1', 'succeeded'],
    ]);
    expect(chat.progress).toEqual([{ message: 'm-1', lines: ['Succeeded'] }]);
    expect(chat.published[0]?.notice.targets[0]?.diff.lines).toContain('      .spec.paused: removed true');
  });

  it('a chat whose threads are away keeps its one message, and is told the rest later', async () => {
    await rollout();
    const first = await activities.tell(told);
    await rollout({ phase: 'succeeded', finishedAt: 2_000_000_000_000 });
    chat.threadsAway = new MeshwrightError('SERVICE_UNREACHABLE', 'It is away.');
    const again = { ...told, message: first.message!, told: first.told };
    await expect(activities.tell(again)).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    chat.threadsAway = undefined;
    await activities.tell(again);
    expect(new Set(chat.published.map(({ message }) => message))).toEqual(new Set(['m-1']));
    expect(chat.progress).toHaveLength(1);
  });

  it('a forge gets a status, a comment on the pull request of the commit, and the way back offered, each once', async () => {
    forge.pullRequests = [samplePullRequest({ state: 'merged' })];
    forge.broughtBy.set(sampleStatus().commit, 7);
    await rollout({
      phase: 'rolled-back',
      hold: { commit: sampleStatus().commit, reason: 'slower', revert: 'meshwright/revert-x' },
      finishedAt: 1,
    });
    const first = await activities.tell({ ...told, channel: 'forge' });
    expect(forge.statuses).toMatchObject([
      {
        status: {
          state: 'failure',
          context: 'meshwright/checkout-mesh',
          url: 'https://temporal.example.com/rollout:checkout-mesh@0123456789ab',
        },
      },
    ]);
    expect([...forge.comments.keys()]).toEqual(['7 <!-- meshwright:patterns/checkout-mesh -->']);
    expect(forge.offers).toEqual([expect.objectContaining({ branch: 'meshwright/revert-x', base: 'main' })]);
    await activities.tell({ ...told, channel: 'forge', message: first.message! });
    expect([forge.statuses.length, forge.offers.length]).toEqual([1, 1]);
  });

  it('ends where a channel is no longer configured', async () => {
    await rollout();
    expect(await activities.tell({ ...told, channel: 'gone' })).toMatchObject({ final: true });
  });

  it('waits for a worker that says how it stands', async () => {
    await expect(activities.tell(told)).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
  });
});
