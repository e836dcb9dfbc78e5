import { beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import {
  failureOf,
  Message,
  MeshwrightError,
  type Account,
  type DecisionRequest,
  type RolloutInput,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import { sampleRules } from './test-support/fake-gateway.ts';
import { planWith, sampleGate } from './test-support/gates.ts';
import { openWorld } from './test-support/open-world.ts';
import {
  decisionOn,
  failureOfRun,
  inPhase,
  refusalOf,
  startRollout,
  statusOf,
} from './test-support/rollouts.ts';
import { samplePlan, sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

beforeEach(() => {
  world.gateway.rules = sampleRules();
});

const chat = (id: string): Account => ({ service: 'chat', id });

function asking(pattern: string, approval: Partial<ValidPattern['approval']> = {}): RolloutInput {
  return sampleRollout(pattern, { approval: { required: true, approvers: ['group:owners'], ...approval } });
}

/** Decides at the gate that waits, as an account of the chat. */
async function decide(
  rollout: WorkflowHandle,
  account: Account,
  request: Partial<DecisionRequest> = {},
): Promise<RolloutStatus> {
  const seen = decisionOn(await statusOf(rollout), { account, ...request });
  return rollout.executeUpdate<RolloutStatus, [DecisionRequest]>(Message.decide, { args: [seen] });
}

async function refusal(rollout: WorkflowHandle, account: Account, request: object = {}): Promise<string> {
  const error = await decide(rollout, account, request).then(
    () => expect.unreachable('the decision was taken'),
    (reason: unknown) => reason,
  );
  return failureOf(error).message;
}

async function waiting(input: RolloutInput): Promise<WorkflowHandle> {
  const rollout = await startRollout(world, input);
  await inPhase(rollout, 'awaiting-approval');
  return rollout;
}

describe('an approval under a policy', () => {
  it('is taken from people, whatever their accounts, and refused with the reason from everybody else', async () => {
    world.gateway.origin = { accounts: [{ service: 'forge', id: 'cleo' }], decisions: [] };
    const rollout = await waiting(asking('under-a-policy'));
    expect(await refusal(rollout, chat('mallory'))).toContain('belongs to nobody');
    expect(await refusal(rollout, chat('dave'))).toContain('not among the approvers');
    expect(await refusal(rollout, chat('cleo'))).toBe(
      'cleo has pushed, proposed or merged the change and cannot decide on it.',
    );
    expect(await refusal(rollout, chat('bob'), { run: 'another' })).toContain('another run');
    const after = await decide(rollout, chat('bob'), { from: '#mesh' });
    expect(after.decisions).toMatchObject([
      { person: 'bob', from: '#mesh', gate: 'change', subject: after.approval?.subject },
    ]);
    await expect(rollout.result()).resolves.toMatchObject({ phase: 'succeeded' });
  });

  it('needs a member of each required group, and says when nobody could be one', async () => {
    const rules = sampleRules();
    world.gateway.rules = { ...rules, groups: { ...rules.groups, security: ['dave'] } };
    const rollout = await waiting(asking('two-groups', { approvers: [], requiredGroups: ['security'] }));
    await decide(rollout, chat('bob'));
    expect((await statusOf(rollout)).phase).toBe('awaiting-approval');
    await decide(rollout, chat('dave'));
    await rollout.result();
    const never = await startRollout(world, asking('no-such-group', { requiredGroups: ['auditors'] }));
    expect(await failureOfRun(never)).toMatchObject({ code: 'INVALID_POLICY' });
  });

  it('waits for the hold to be released, whatever is decided', async () => {
    const rollout = await waiting(asking('on-hold'));
    await decide(rollout, chat('dave'), { decision: 'hold', reason: 'not before the sale' });
    await decide(rollout, chat('bob'));
    await eventually('it says who holds it', async () =>
      expect((await statusOf(rollout)).waitingFor).toBe(
        'dave, who holds it, to release it: not before the sale',
      ),
    );
    await decide(rollout, chat('cleo'), { decision: 'release' });
    await expect(rollout.result()).resolves.toMatchObject({ phase: 'succeeded' });
  });

  it('is asked of others as well when nobody has decided for a while', async () => {
    const escalation = { afterSeconds: 1, to: ['user:dave'] };
    const rollout = await waiting(asking('escalated', { escalation }));
    await eventually('dave may decide', async () =>
      expect((await statusOf(rollout)).approval).toMatchObject({
        escalated: true,
        may: ['bob', 'cleo', 'dave'],
      }),
    );
    await decide(rollout, chat('dave'));
    await rollout.result();
  });

  it('counts when it was given on the pull request for the very same plans', async () => {
    const input = asking('from-a-pull-request');
    const { pattern, commit, purpose } = input;
    const plan = samplePlan({ cluster: 'local', pattern, commit: commit.id, purpose });
    const made = (account: Account, subject: string = plan.digest): DecisionRequest => ({
      run: 'of the pull request',
      gate: 'change',
      subject,
      decision: 'approve',
      account,
      from: 'pull request 3',
    });
    world.gateway.origin = {
      accounts: [],
      decisions: [made(chat('mallory')), made(chat('cleo'), 'sha256:other'), made(chat('bob'))],
    };
    const rollout = await startRollout(world, input);
    await expect(rollout.result()).resolves.toMatchObject({
      phase: 'succeeded',
      decisions: [{ person: 'bob', from: 'pull request 3' }],
    });
  });

  it('is asked for anew when the policy changes meanwhile', async () => {
    const rollout = await waiting(asking('new-policy', { quorum: 2 }));
    await decide(rollout, chat('bob'));
    world.gateway.rules = { ...sampleRules(), groups: { owners: ['cleo', 'dave'] } };
    await rollout.signal(Message.policyChanged);
    await eventually('the gate is another one', async () =>
      expect((await statusOf(rollout)).approval).toMatchObject({ may: ['cleo', 'dave'], decisions: [] }),
    );
    expect(await refusal(rollout, chat('bob'))).toContain('not among the approvers');
    await decide(rollout, chat('cleo'));
    await decide(rollout, chat('dave'));
    await rollout.result();
  });
});

describe('a freeze', () => {
  it('lets nothing begin, also where nobody has to approve, until it is over', async () => {
    world.gateway.window = { reason: 'year end, until 3 January', until: Date.now() + 1_500 };
    const rollout = await startRollout(world, sampleRollout('frozen'));
    await eventually('it says why', async () =>
      expect((await statusOf(rollout)).waitingFor).toBe('the time for changes: year end, until 3 January'),
    );
    expect(world.targets.log).toEqual(['local planChange']);
    world.gateway.window = {};
    await expect(rollout.result()).resolves.toMatchObject({ phase: 'succeeded' });
  });

  it('is broken by those who may, with a reason that everybody sees', async () => {
    world.gateway.window = { reason: 'year end', until: Date.now() + 3_600_000 };
    const rollout = await waiting(asking('broken'));
    await decide(rollout, chat('bob'));
    await eventually('it waits for its time', async () =>
      expect((await statusOf(rollout)).waitingFor).toContain('year end'),
    );
    expect(await refusal(rollout, chat('cleo'), { decision: 'break-glass', reason: 'x' })).toContain(
      'may not break',
    );
    await decide(rollout, chat('dave'), { decision: 'break-glass', reason: 'the site is down' });
    await expect(rollout.result()).resolves.toMatchObject({
      decisions: [{ person: 'bob' }, { person: 'dave', decision: 'break-glass', reason: 'the site is down' }],
    });
  });
});

describe('a decision that comes in while the times are asked for', () => {
  it('is not overlooked', async () => {
    const rollout = await waiting(asking('in-between'));
    const answer = Promise.withResolvers<{ reason: string; until: number }>();
    world.gateway.window = answer.promise;
    await decide(rollout, chat('bob'));
    await eventually('the times are asked for', () => expect(world.gateway.windowsAsked).toBe(1));
    await decide(rollout, chat('dave'), { decision: 'break-glass', reason: 'the site is down' });
    answer.resolve({ reason: 'year end', until: Date.now() + 3_600_000 });
    await expect(rollout.result()).resolves.toMatchObject({ phase: 'succeeded' });
  });
});

describe('a gate', () => {
  it('stands between waves where the pattern asks for one', async () => {
    const targets = [
      { cluster: 'local', wave: 1 },
      { cluster: 'second', wave: 2 },
    ];
    const approval = { required: true, approvers: ['group:owners'], betweenWaves: true };
    const rollout = await startRollout(world, sampleRollout('waves', { targets, approval }));
    await inPhase(rollout, 'awaiting-approval');
    await decide(rollout, chat('bob'));
    const second = await eventually('the second wave asks', async () => {
      const status = await statusOf(rollout);
      expect(status.approval).toMatchObject({ gate: 'wave:2', title: 'before wave 2', decisions: [] });
      return status;
    });
    expect(second.targets.map(({ phase }) => phase)).toEqual(['succeeded', 'queued']);
    expect(world.targets.log).not.toContain('second applyStage base');
    await decide(rollout, chat('cleo'));
    await expect(rollout.result()).resolves.toMatchObject({ phase: 'succeeded' });
  });

  it('stands after a verdict that asks: who approves keeps the change, and nobody resumes it past the gate', async () => {
    planWith(world, sampleGate);
    world.load.behaviour = () => Promise.reject(new MeshwrightError('LOAD_UNAVAILABLE', 'no generator'));
    const rollout = await startRollout(world, asking('undecided'));
    await inPhase(rollout, 'awaiting-approval');
    await decide(rollout, chat('bob'));
    await eventually('the verdict asks', async () =>
      expect((await statusOf(rollout)).approval).toMatchObject({ gate: 'verdict:local' }),
    );
    expect(await refusalOf(rollout, 'resume')).toContain('decided by those whom the policy file names');
    await decide(rollout, chat('cleo'), { decision: 'reject', reason: 'not without figures' });
    expect(await failureOfRun(rollout)).toMatchObject({
      message: expect.stringContaining('local') as string,
    });
    expect((await statusOf(rollout)).interventions).toMatchObject([
      { command: 'rollback', identity: 'cleo', reason: 'not without figures' },
    ]);
  });
});
