import { describe, expect, it } from 'vitest';
import type { ChangeStatus, RolloutStatus } from '@meshwright/model';
import { rolloutDetails } from './details.ts';

const target: ChangeStatus = {
  cluster: 'local',
  mesh: 'istio',
  phase: 'awaiting-approval',
  stages: [],
  interventions: [],
};

const status: RolloutStatus = {
  rollout: 'rollout:shop@0123456789ab',
  repository: 'patterns',
  pattern: 'shop',
  path: 'shop.yaml',
  commit: '0123456789abcdef0123456789abcdef01234567',
  author: '[Ann](http://evil)',
  subject: 'Upgrade | <img src=x>\n# now',
  phase: 'awaiting-approval',
  targets: [target],
  approval: {
    gate: 'change',
    title: 'before the change',
    run: 'run-1',
    subject: 'sha256:aa',
    approvers: ['user:bob'],
    requiredGroups: [],
    quorum: 2,
    openedAt: 0,
    expiresAt: 0,
    decisions: [],
  },
  decisions: [],
  purpose: 'apply',
  interventions: [],
  diagnostics: [],
  waitingFor: 'an approval',
  startedAt: 0,
};

describe('the details of a rollout', () => {
  it('show what a commit says as text, never as Markdown', () => {
    const details = rolloutDetails(status, 'default');
    expect(details).toContain('“Upgrade \\| \\<img src=x\\> # now” by \\[Ann\\](http://evil)');
  });

  it('say what is waited for and how to decide, until it is decided', () => {
    const details = rolloutDetails(status, 'default');
    expect(details).toContain('**Waits for** an approval.');
    expect(details).toContain('0 of 2 needed, from user:bob');
    expect(details).toContain('\nmeshwright approve shop@0123456789ab --subject sha256:aa\n');
    const over = rolloutDetails({ ...status, phase: 'rejected' }, 'default');
    expect(over).not.toContain('meshwright approve');
    expect(over).not.toContain('Waits for');
  });

  it('link the change of a target while it runs', () => {
    const changing: ChangeStatus = { ...target, phase: 'changing' };
    const details = rolloutDetails({ ...status, phase: 'changing', targets: [changing] }, 'default');
    expect(details).toContain('[change:local/istio](/namespaces/default/workflows/change%3Alocal%2Fistio)');
  });

  it('say why a commit is held, how to try it again, and the branch that reverts it', () => {
    const { commit } = status;
    const hold = { commit, reason: 'local: istiod | not ready', revert: 'meshwright/revert-1' };
    const details = rolloutDetails({ ...status, phase: 'rolled-back', hold }, 'default');
    expect(details).toContain('local: istiod \\| not ready');
    expect(details).toContain('meshwright retry shop@0123456789ab');
    expect(details).toContain('`meshwright/revert-1`');
    const refused = { commit, reason: 'x', refused: 'the branch is protected' };
    expect(rolloutDetails({ ...status, hold: refused }, 'default')).toContain(
      'No branch was offered to revert it: the branch is protected',
    );
  });

  it('name the commit that a rollback holds, which is not its own', () => {
    const request = { kind: 'rollback', identity: 'bob', holds: 'f'.repeat(40) } as const;
    const hold = { commit: request.holds, reason: 'bob rolled back', revert: 'meshwright/revert-1' };
    const details = rolloutDetails({ ...status, phase: 'succeeded', request, hold }, 'default');
    expect(details).toContain('Commit `ffffffffffff` is not tried again until there is a newer one');
    expect(details).toContain('meshwright retry shop@ffffffffffff');
    expect(details).not.toContain('meshwright retry shop@0123456789ab');
  });

  it('say who decided, and that a stated name is not verified', () => {
    const account = { service: 'local', id: 'ada' };
    const subject = `sha256:${'a'.repeat(64)}`;
    const taken = {
      decision: 'approve',
      person: 'ada',
      account,
      from: 'the command line',
      gate: 'change',
    } as const;
    const decisions = [{ ...taken, subject, at: 0 }];
    expect(rolloutDetails({ ...status, decisions }, 'default')).toContain(
      '- approved by ada (stated, not verified), 1970-01-01 00:00:00 UTC from the command line, of `sha256:aaaaaaaaaaaa`',
    );
  });

  it('say what is to be confirmed, and by whom', () => {
    const approval = { ...status.approval!, approvers: [], quorum: 1, confirms: ['local: uninstalled'] };
    const details = rolloutDetails(
      { ...status, approval: { ...approval, authorMayDecide: true } },
      'default',
    );
    expect(details).toContain(
      '### Confirmation before the change\n\nWhoever approves confirms:\n\n- local: uninstalled\n\n0 of 1 needed, from anyone, until',
    );
  });

  it('name who started it by hand, and what a stopped one waits for', () => {
    const request = { kind: 'rollback', identity: 'bob', reason: 'latency', holds: 'f'.repeat(40) } as const;
    const stopped: ChangeStatus = { ...target, phase: 'stopped' };
    const details = rolloutDetails({ ...status, request, phase: 'stopped', targets: [stopped] }, 'default');
    expect(details).toContain('**Asked for:** rollback by bob, takes back ffffffffffff: latency');
    expect(details).toContain('meshwright rollback shop@0123456789ab');
  });
});
