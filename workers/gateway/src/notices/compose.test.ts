import {
  type Digest,
  type PullRequestStatus,
  type RolloutStatus,
  summarizePlan,
  type Told,
} from '@meshwright/model';
import {
  moment,
  sampleApproval,
  sampleDecision,
  sampleStatus,
  sampleTarget,
} from '@meshwright/rollouts/test-support/samples';
import { digest, samplePlan, uninstallPlan } from '@meshwright/wording/test-support/plans';
import { describe, expect, it } from 'vitest';
import { planFacts } from '../activities/plan-facts.ts';
import { noticeOfPolicyChange, noticeOfRollout, noticesOfPullRequest } from './compose.ts';
import type { NoticeFacts, PlanFacts } from './facts.ts';

const told: Told = { kind: 'rollout', workflow: 'rollout:checkout-mesh@0123456789ab', run: 'run-1' };
const nothing: NoticeFacts = { plans: new Map(), links: [] };

function factsOf(facts: PlanFacts, key: Digest = digest): NoticeFacts {
  return { plans: new Map([[key, facts]]), links: [{ label: 'Run', url: 'https://temporal.example.com' }] };
}

function waiting(overrides: Partial<RolloutStatus> = {}): RolloutStatus {
  return sampleStatus({
    phase: 'awaiting-approval',
    approval: sampleApproval({
      may: ['Ada', 'Grace'],
      breakGlass: ['Dave'],
      quorum: 2,
      requiredGroups: ['security'],
    }),
    targets: [sampleTarget({ phase: 'awaiting-approval', stages: [] })],
    ...overrides,
  });
}

describe('a rollout that waits for approval', () => {
  it('is told with its diff, what it deletes and what can be decided', () => {
    const notice = noticeOfRollout(told, waiting(), factsOf(planFacts(samplePlan())));
    expect(notice.title).toBe('checkout-mesh: upgrade istio 1.30.2 → 1.31.0 (sidecar)');
    expect(notice.summary).toBe('Waits for 2 approvals before the change; one has to be of security.');
    expect(notice.approval).toMatchObject({
      open: true,
      approvers: ['Ada', 'Grace'],
      choices: ['approve', 'reject', 'hold', 'break-glass'],
      subject: digest,
    });
    const [target] = notice.targets;
    expect(target?.deletes).toEqual({ sample: ['Service checkout/old'], others: 0 });
    expect(target?.diff.lines).toEqual([
      '! Deployment istio-system/istiod',
      '      .spec.replicas: 1 → 2  (drift by kubectl-edit)',
      '      .metadata.labels.tier: added "gold"',
      '      .spec.paused: removed true',
      '+ ServiceAccount istio-system/istiod  (not checked by the server yet)',
      '! restart Deployment checkout/cart',
      '! restart Deployment shop/web',
      '- Service checkout/old',
      '-     and with it 1 more object: EndpointSlice checkout/old-x7k2p',
    ]);
    expect(target?.stages.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
  });

  it('is told of by its summary where the plan cannot be read', () => {
    const [target] = noticeOfRollout(told, waiting(), nothing).targets;
    expect(target?.diff).toEqual({ lines: [], others: 0 });
    expect(target?.counts).toEqual({ create: 1, update: 1, delete: 1, unchanged: 1 });
  });

  it('offers no breaking of glass where no policy says by whom, and a release where it is held', () => {
    const { may, ...open } = sampleApproval();
    expect(may).toBeUndefined();
    const held = sampleDecision({ decision: 'hold', reason: 'load test' });
    const notice = noticeOfRollout(told, waiting({ approval: { ...open, held } }), nothing);
    expect(notice.approval?.choices).toEqual(['approve', 'reject', 'release']);
    expect(notice.summary).toBe('Held by Grace.');
    expect(notice.approval?.held).toBe('held by Grace: load test');
  });

  it('says why it does not begin although it is decided', () => {
    const approval = sampleApproval({ closed: { reason: 'freeze "sale" lasts until Monday' } });
    const { summary } = noticeOfRollout(told, waiting({ approval }), nothing);
    expect(summary).toBe('Decided, and waits: freeze "sale" lasts until Monday.');
  });
});

describe('what is shown of plans', () => {
  it('counts what does not fit', () => {
    const lines = Array.from({ length: 250 }, (_, line) => `+ line ${line}`);
    const deletes = Array.from({ length: 30 }, (_, place) => `ConfigMap a/b${place}`);
    const [target] = noticeOfRollout(told, waiting(), factsOf({ lines, deletes })).targets;
    expect([target?.diff.lines.length, target?.diff.others]).toEqual([200, 50]);
    expect([target?.deletes.sample.length, target?.deletes.others]).toEqual([20, 10]);
  });

  it('names what an uninstall takes away, leftovers too', () => {
    expect(planFacts(uninstallPlan()).deletes).toEqual([
      'CustomResourceDefinition virtualservices.networking.istio.io',
      'ConfigMap checkout/istio-ca-root-cert',
    ]);
  });

  it('lets nothing in a value act on a terminal', () => {
    const plan = samplePlan();
    const [first] = plan.stages;
    first!.changes[2]!.fields[0]!.after = '\u001b[2J\u202egold';
    expect(planFacts(plan).lines.join('\n')).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('progress', () => {
  it('tells decisions, stages and the end, each with a key that stays', () => {
    const decisions = [
      sampleDecision({ at: moment - 100_000 }),
      sampleDecision({ decision: 'break-glass', person: 'Dave', reason: 'outage', at: moment - 95_000 }),
    ];
    const status = sampleStatus({ decisions });
    const before = noticeOfRollout(told, status, nothing).progress;
    expect(before.map(({ text }) => text)).toEqual([
      'Began with commit 0123456789ab.',
      'Approved by Grace (change, #mesh).',
      '🚨 Opened without its quorum by Dave: outage (change, #mesh).',
      'local: Control plane is done (2 objects applied).',
    ]);
    const failure = { code: 'NOT_READY', message: 'cart is not ready.' };
    const after = noticeOfRollout(
      told,
      { ...status, phase: 'failed', failure, finishedAt: moment },
      nothing,
    ).progress;
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(-1)).toEqual({ key: 'finished', at: moment, text: 'Failed: cart is not ready.' });
    expect(new Set(after.map(({ key }) => key)).size).toBe(after.length);
  });
});

describe('a pull request', () => {
  const pullRequest = {
    number: 42,
    url: 'https://git.example.com/acme/patterns/pulls/42',
    title: 'Upgrade',
    state: 'open' as const,
    head: 'a'.repeat(40),
    headRef: 'refs/pull/42/head',
    accounts: [],
  };
  const status = (overrides: Partial<PullRequestStatus> = {}): PullRequestStatus => ({
    repository: 'patterns',
    pullRequest,
    rollouts: [waiting(), waiting({ pattern: 'shop-mesh', phase: 'queued' })],
    notes: ['The approval policy changes.'],
    phase: 'awaiting-approval',
    startedAt: moment,
    ...overrides,
  });

  it('is told as one notice for each pattern', () => {
    const notices = noticesOfPullRequest({ ...told, kind: 'pull-request' }, status(), nothing);
    expect(notices.map(({ title, phase }) => [title.slice(0, 32), phase])).toEqual([
      ['Pull request 42: checkout-mesh: ', 'awaiting-approval'],
      ['Pull request 42: shop-mesh: upgr', 'queued'],
    ]);
    expect(notices[0]?.progress[0]?.text).toBe('The approval policy changes.');
  });

  it('can be merged once all is decided, and is handed on to the rollout then', () => {
    const summaries = (['queued', 'succeeded', 'cancelled'] as const).map(
      (phase) => noticesOfPullRequest(told, status({ phase }), nothing)[0],
    );
    expect(summaries.map((notice) => [notice?.phase, notice?.summary])).toEqual([
      ['queued', 'Decided: it can be merged.'],
      ['succeeded', 'Merged: the rollout of the merge goes on from here.'],
      ['cancelled', 'Closed without a merge: nothing is changed.'],
    ]);
  });

  it('cannot be merged where its plan was rejected, or could not be made', () => {
    const rejected = sampleApproval({ decisions: [sampleDecision({ decision: 'reject' })] });
    const failed = waiting({ phase: 'failed', failure: { code: 'NOT_READY', message: 'No agent.' } });
    const rollouts = [waiting({ approval: rejected }), failed];
    const notices = noticesOfPullRequest(told, status({ rollouts, phase: 'queued' }), nothing);
    expect(notices.map(({ phase }) => phase)).toEqual(['rejected', 'failed']);
  });
});

it('tells of a changed policy what is decided on it', () => {
  const notice = noticeOfPolicyChange(
    { ...told, kind: 'policy-change' },
    {
      repository: 'patterns',
      commit: {
        id: 'b'.repeat(40),
        author: 'Ada',
        authorEmail: 'ada@example.com',
        contributors: [],
        subject: 'Let Grace approve',
        committedAt: moment,
      },
      path: 'approvals.yaml',
      phase: 'awaiting-approval',
      before: digest,
      after: summarizePlan(samplePlan(), digest).digest,
      diagnostics: [],
      approval: sampleApproval({ gate: 'policy', title: 'of the changed approval policy' }),
      startedAt: moment,
    },
    nothing,
  );
  expect(notice.title).toBe('approvals.yaml: the approval policy changes');
  expect(notice.summary).toBe('Waits for 1 approval of the changed approval policy.');
});
