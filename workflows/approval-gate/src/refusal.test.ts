import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noChanges, type ApprovalStatus, type PlanSummary } from '@meshwright/model';
import { openApproval, outcomeOf, refusalOf, subjectOf } from './approval.ts';

const askers = { commit: { author: 'Ann Author', authorEmail: 'ann@example.com' } };
const now = 1_000_000;

function plan(cluster: string, digit: string, more: Partial<PlanSummary> = {}): PlanSummary {
  return {
    digest: `sha256:${digit.repeat(64)}`,
    cluster,
    purpose: 'apply',
    mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar', revision: '1-31-0', enrolledNamespaces: [] },
    action: 'install',
    stages: [],
    rollback: [],
    counts: { ...noChanges },
    blastRadius: { namespaces: [], workloads: 0, pods: 0 },
    restarts: 0,
    confirmations: [],
    warnings: [],
    ...more,
  };
}

function gate(more: Partial<ApprovalStatus> = {}): ApprovalStatus {
  const rules = { required: true, approvers: [], quorum: 1, expiresAfterSeconds: 60 };
  return { ...openApproval(rules, [plan('local', 'a')], now), ...more };
}

function request(more: object = {}): object {
  return { subject: gate().subject, decision: 'approve', identity: 'bob', ...more };
}

describe('the subject of an approval', () => {
  it('is the digest of a single plan', () => {
    expect(subjectOf([plan('local', 'a')])).toBe(plan('local', 'a').digest);
  });

  it('is the same whatever order the plans came in, and another for other plans', () => {
    const [a, b] = [plan('a', 'a'), plan('b', 'b')];
    expect(subjectOf([a, b])).toBe(subjectOf([b, a]));
    expect(subjectOf([a, b])).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(subjectOf([a, b])).not.toBe(subjectOf([plan('a', 'b'), plan('b', 'a')]));
  });
});

describe('the outcome of the decisions', () => {
  const decision = { decision: 'approve', identity: 'bob', at: now } as const;

  it('waits for as many as the quorum, and for one at the least', () => {
    expect(outcomeOf(gate({ quorum: 2, decisions: [decision] }))).toBeUndefined();
    expect(outcomeOf(gate({ quorum: 2, decisions: [decision, decision] }))).toBe('approved');
    const rules = { required: true, approvers: [], quorum: 0, expiresAfterSeconds: 60 };
    expect(outcomeOf(openApproval(rules, [plan('local', 'a')], now))).toBeUndefined();
  });

  it('is a rejection as soon as there is one', () => {
    expect(outcomeOf(gate({ decisions: [decision, { ...decision, decision: 'reject' }] }))).toBe('rejected');
  });
});

describe('a decision', () => {
  it('is taken from anyone but the author where no approvers are named', () => {
    expect(refusalOf(request(), gate(), askers, now)).toBeUndefined();
    expect(refusalOf(request({ identity: ' Ann Author' }), gate(), askers, now)?.code).toBe('INVALID_INPUT');
    expect(refusalOf(request({ identity: 'ann AUTHOR' }), gate(), askers, now)?.code).toBe(
      'APPROVAL_REFUSED',
    );
    // Full-width letters that look the same.
    expect(refusalOf(request({ identity: 'ａｎｎ@example.com' }), gate(), askers, now)?.code).toBe(
      'APPROVAL_REFUSED',
    );
  });

  it('is refused before the gate opens, after it was decided, and from the moment it expires', () => {
    expect(refusalOf(request(), undefined, askers, now)?.message).toContain('does not wait');
    const decided = gate({ decisions: [{ decision: 'approve', identity: 'cleo', at: now }] });
    expect(refusalOf(request(), decided, askers, now)?.message).toContain('decided already');
    expect(refusalOf(request(), gate(), askers, now + 59_999)).toBeUndefined();
    expect(refusalOf(request(), gate(), askers, now + 60_000)?.code).toBe('APPROVAL_EXPIRED');
  });

  it('is refused, not mistaken, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(refusalOf(anything, gate(), askers, now)).toMatchObject({
          message: expect.any(String) as string,
        });
      }),
    );
  });

  it('needs an identity that is among the approvers, by its whole name', () => {
    const listed = gate({ approvers: ['user:bob', 'group:owners'] });
    expect(refusalOf(request(), listed, askers, now)).toBeUndefined();
    for (const identity of ['bobby', 'bo', 'user:bob', 'group:owners', 'owners']) {
      expect(refusalOf(request({ identity }), listed, askers, now)?.message).toContain(
        'not among the approvers',
      );
    }
  });

  it('is refused from whoever started the rollout by hand, where an approval is required', () => {
    const started = { ...askers, request: { identity: 'cleo' } };
    expect(refusalOf(request({ identity: 'Cleo' }), gate(), started, now)?.message).toContain(
      'asked for this rollout',
    );
    expect(refusalOf(request(), gate(), started, now)).toBeUndefined();
  });
});

describe('a plain confirmation', () => {
  const rules = { required: false, approvers: [], quorum: 3, expiresAfterSeconds: 60 };
  const asking = plan('local', 'a', { confirmations: ['51 objects are deleted'] });

  it('says what is to be confirmed, and is given by one person, also by the author', () => {
    const confirmation = openApproval(rules, [asking, plan('b', 'b', { purpose: 'uninstall' })], now);
    expect(confirmation).toMatchObject({
      quorum: 1,
      authorMayDecide: true,
      confirms: ['local: 51 objects are deleted', 'b: the mesh is uninstalled'],
    });
    const byAuthor = request({ subject: confirmation.subject, identity: 'Ann Author' });
    expect(refusalOf(byAuthor, confirmation, askers, now)).toBeUndefined();
  });

  it('is given by an approver where the pattern names some', () => {
    const listed = openApproval({ ...rules, approvers: ['user:cleo'] }, [asking], now);
    const { subject } = listed;
    expect(refusalOf(request({ subject }), listed, askers, now)?.message).toContain(
      'not among the approvers',
    );
    expect(refusalOf(request({ subject, identity: 'cleo' }), listed, askers, now)).toBeUndefined();
  });

  it('keeps the rules of the approval where one is required', () => {
    const both = openApproval({ ...rules, required: true }, [asking], now);
    expect(both).toMatchObject({ quorum: 3, confirms: ['local: 51 objects are deleted'] });
    const byAuthor = request({ subject: both.subject, identity: 'Ann Author' });
    expect(refusalOf(byAuthor, both, askers, now)?.message).toContain('is the author');
  });
});
