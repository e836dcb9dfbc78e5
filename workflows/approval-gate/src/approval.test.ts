import { describe, expect, it } from 'vitest';
import { noChanges, type ApprovalRules, type PlanSummary, type TakenDecision } from '@meshwright/model';
import { escalate, openApproval, outcomeOf, unknownIn, type GateTerms } from './approval.ts';
import { confirmationsOf, subjectOf } from './subject.ts';

const now = 1_000_000;
const terms: GateTerms = {
  required: true,
  approvers: ['user:ann'],
  quorum: 2,
  requiredGroups: ['security'],
  expiresAfterSeconds: 60,
  escalation: { afterSeconds: 10, to: ['group:leads'] },
};
const rules: ApprovalRules = {
  policy: `sha256:${'0'.repeat(64)}`,
  people: ['ann', 'bob', 'cleo'].map((name) => ({
    name,
    emails: [],
    accounts: [{ service: 'chat', id: name }],
  })),
  groups: { security: ['cleo'], leads: ['bob', 'cleo'] },
  breakGlass: [],
  changes: { approvers: [], quorum: 1, requiredGroups: [], expiresAfterSeconds: 60 },
  timed: false,
};
const place = { gate: 'change', title: 'before the change', run: 'run-1', subject: 'sha256:aa' };

function taken(person: string, decision: TakenDecision['decision'] = 'approve'): TakenDecision {
  return {
    decision,
    person,
    account: { service: 'chat', id: person },
    from: 'a test',
    gate: 'change',
    subject: 'x',
    at: now,
  };
}

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

  it('says what is to be confirmed, and an uninstall always is', () => {
    expect(confirmationsOf(plan('local', 'a', { confirmations: ['51 objects are deleted'] }))).toEqual([
      'local: 51 objects are deleted',
    ]);
    expect(confirmationsOf(plan('b', 'b', { purpose: 'uninstall' }))).toEqual(['b: the mesh is uninstalled']);
    expect(confirmationsOf(plan('c', 'c'))).toEqual([]);
  });
});

describe('the outcome of the decisions', () => {
  const open = openApproval(place, terms, rules, now);
  const after = (...decisions: TakenDecision[]) => outcomeOf({ ...open, decisions }, rules);

  it('waits for as many people as the quorum, and for one of each required group', () => {
    expect(after(taken('ann'))).toBeUndefined();
    expect(after(taken('ann'), taken('bob'))).toBeUndefined();
    expect(after(taken('ann'), taken('cleo'))).toBe('approved');
  });

  it('is a rejection as soon as there is one, whoever has approved', () => {
    expect(after(taken('ann'), taken('cleo'), taken('bob', 'reject'))).toBe('rejected');
  });

  it('is forced by whoever breaks the glass', () => {
    expect(after(taken('ann', 'break-glass'))).toBe('forced');
  });

  it('waits for one at the least, and for nobody where nothing is asked', () => {
    const one = openApproval(place, { ...terms, quorum: 0, requiredGroups: [] }, rules, now);
    expect(outcomeOf(one, rules)).toBeUndefined();
    const time = openApproval(place, { ...terms, required: false }, rules, now);
    expect(outcomeOf(time, rules)).toBe('approved');
  });
});

describe('a gate', () => {
  it('names the people who may approve, and after a while those it is escalated to', () => {
    const approval = openApproval(place, terms, rules, now);
    expect(approval).toMatchObject({ may: ['ann'], escalatesAt: now + 10_000, expiresAt: now + 60_000 });
    escalate(approval, terms, rules);
    expect(approval).toMatchObject({ may: ['ann', 'bob', 'cleo'], escalated: true });
  });

  it('of a plain confirmation is for one person, also for the author', () => {
    const confirmation = openApproval(
      { ...place, confirms: ['local: gone'] },
      { ...terms, required: false },
      undefined,
      now,
    );
    expect(confirmation).toMatchObject({
      quorum: 1,
      authorMayDecide: true,
      requiredGroups: [],
      confirms: ['local: gone'],
    });
    const both = openApproval({ ...place, confirms: ['local: gone'] }, terms, undefined, now);
    expect(both).toMatchObject({ quorum: 2, confirms: ['local: gone'] });
    expect(both.authorMayDecide).toBeUndefined();
  });

  it('that asks for people whom nobody knows is told apart', () => {
    expect(unknownIn({ ...terms, approvers: ['user:zoe', 'group:nobody'] }, rules)).toEqual([
      'user:zoe',
      'group:nobody',
    ]);
    expect(unknownIn(terms, rules)).toEqual([]);
    expect(unknownIn(terms, undefined)).toEqual(['group:security']);
    expect(unknownIn({ ...terms, requiredGroups: [] }, undefined)).toEqual([]);
  });
});
