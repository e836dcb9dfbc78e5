import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noChanges, type ApprovalStatus, type PlanSummary } from '@meshwright/model';
import { openApproval, outcomeOf, refusalOf, subjectOf } from './approval.ts';

const author = { author: 'Ann Author', authorEmail: 'ann@example.com' };
const now = 1_000_000;

function plan(cluster: string, digit: string): PlanSummary {
  return {
    digest: `sha256:${digit.repeat(64)}`,
    cluster,
    mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar' },
    action: 'install',
    stages: [],
    counts: { ...noChanges },
    restarts: 0,
    warnings: [],
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
    expect(refusalOf(request(), gate(), author, now)).toBeUndefined();
    expect(refusalOf(request({ identity: ' Ann Author' }), gate(), author, now)?.code).toBe('INVALID_INPUT');
    expect(refusalOf(request({ identity: 'ann AUTHOR' }), gate(), author, now)?.code).toBe(
      'APPROVAL_REFUSED',
    );
    // Full-width letters that look the same.
    expect(refusalOf(request({ identity: 'ａｎｎ@example.com' }), gate(), author, now)?.code).toBe(
      'APPROVAL_REFUSED',
    );
  });

  it('is refused before the gate opens, after it was decided, and from the moment it expires', () => {
    expect(refusalOf(request(), undefined, author, now)?.message).toContain('does not wait');
    const decided = gate({ decisions: [{ decision: 'approve', identity: 'cleo', at: now }] });
    expect(refusalOf(request(), decided, author, now)?.message).toContain('decided already');
    expect(refusalOf(request(), gate(), author, now + 59_999)).toBeUndefined();
    expect(refusalOf(request(), gate(), author, now + 60_000)?.code).toBe('APPROVAL_EXPIRED');
  });

  it('is refused, not mistaken, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(refusalOf(anything, gate(), author, now)).toMatchObject({
          message: expect.any(String) as string,
        });
      }),
    );
  });

  it('needs an identity that is among the approvers, by its whole name', () => {
    const listed = gate({ approvers: ['user:bob', 'group:owners'] });
    expect(refusalOf(request(), listed, author, now)).toBeUndefined();
    for (const identity of ['bobby', 'bo', 'user:bob', 'group:owners', 'owners']) {
      expect(refusalOf(request({ identity }), listed, author, now)?.message).toContain(
        'not among the approvers',
      );
    }
  });
});
