import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, ApprovalRules, ApprovalStatus, DecisionRequest } from '@meshwright/model';
import { openApproval, type GateTerms } from './approval.ts';
import { checkDecision, type Checks } from './refusal.ts';

const now = 1_000_000;
const subject = `sha256:${'a'.repeat(64)}`;
const terms: GateTerms = {
  required: true,
  approvers: ['group:owners'],
  quorum: 1,
  requiredGroups: [],
  expiresAfterSeconds: 60,
};

/** Three owners, of whom bob has two accounts; dave is nobody's approver and may break the glass. */
const rules: ApprovalRules = {
  policy: `sha256:${'0'.repeat(64)}`,
  people: [
    { name: 'ann', emails: ['ann@example.com'], accounts: [{ service: 'gitea', id: '1' }] },
    {
      name: 'bob',
      emails: [],
      accounts: [
        { service: 'gitea', id: '2' },
        { service: 'slack', id: 'UBOB' },
        { service: 'local', id: 'bob@example.com' },
      ],
    },
    { name: 'cleo', emails: [], accounts: [{ service: 'slack', id: 'UCLEO' }] },
    { name: 'dave', emails: [], accounts: [{ service: 'slack', id: 'UDAVE' }] },
  ],
  groups: { owners: ['ann', 'bob', 'cleo'], security: ['cleo'] },
  breakGlass: ['dave'],
  changes: { approvers: [], quorum: 1, requiredGroups: [], expiresAfterSeconds: 60 },
  timed: false,
};

const byAnn: Checks['askers'] = {
  commit: {
    author: 'Ann Author',
    authorEmail: 'Ann@Example.com',
    contributors: [{ name: 'Eve', email: 'eve@example.com' }],
  },
  accounts: [],
};

function gate(more: Partial<ApprovalStatus> = {}, with_: ApprovalRules | undefined = rules): ApprovalStatus {
  const opened = openApproval(
    { gate: 'change', title: 'before the change', run: 'run-1', subject },
    terms,
    with_,
    now,
  );
  return { ...opened, ...more };
}

function request(account: Account, more: Partial<DecisionRequest> = {}): DecisionRequest {
  return { run: 'run-1', gate: 'change', subject, decision: 'approve', account, from: 'a test', ...more };
}

const slack = (id: string): Account => ({ service: 'slack', id });
const gitea = (id: string): Account => ({ service: 'gitea', id });

function refusal(asked: unknown, approval = gate(), checks: Partial<Checks> = {}): string {
  const checked = checkDecision(asked, approval, { rules, askers: byAnn, now, ...checks });
  return 'refusal' in checked ? checked.refusal.message : `taken from ${checked.decider.name}`;
}

describe('a decision under a policy', () => {
  it('is taken from an approver, by whatever account of theirs', () => {
    expect(refusal(request(slack('UBOB')))).toBe('taken from bob');
    expect(refusal(request(gitea('2')))).toBe('taken from bob');
    expect(refusal(request({ service: 'local', id: 'BOB@example.com' }))).toBe('taken from bob');
  });

  it('is refused from an account that belongs to nobody, also under a name that belongs to somebody', () => {
    expect(refusal(request({ service: 'slack', id: 'U9', name: 'bob' }))).toBe(
      'The slack account bob (id U9) belongs to nobody in the approval policy.',
    );
    expect(refusal(request({ service: 'mattermost', id: 'UBOB' }))).toContain('belongs to nobody');
    expect(refusal(request(slack('ubob')))).toContain('belongs to nobody');
  });

  it('is refused from whoever lacks the role', () => {
    expect(refusal(request(slack('UDAVE')))).toBe('dave is not among the approvers: group:owners.');
  });

  it.each([
    ['the author', byAnn, 'is the author of the commit'],
    [
      'the author of a commit that came with it',
      {
        ...byAnn,
        commit: { author: 'X', authorEmail: 'x', contributors: [{ name: 'x', email: 'ann@example.com' }] },
      },
      'has a part in the commit',
    ],
    [
      'who pushed it or opened its pull request',
      { commit: { author: 'X', authorEmail: 'x', contributors: [] }, accounts: [gitea('1')] },
      'has pushed, proposed or merged the change',
    ],
    [
      'who asked for the run',
      { commit: { author: 'X', authorEmail: 'x', contributors: [] }, accounts: [], requester: 'ann' },
      'asked for this',
    ],
  ])('is refused from %s', (_who, askers, reason) => {
    expect(refusal(request(gitea('1')), gate(), { askers })).toBe(`ann ${reason} and cannot decide on it.`);
  });

  it('is refused a second time from one person, also with a second account or another word', () => {
    const approved = gate({
      quorum: 2,
      decisions: [
        {
          decision: 'approve',
          person: 'bob',
          account: slack('UBOB'),
          from: '#mesh',
          gate: 'change',
          subject,
          at: now,
        },
      ],
    });
    expect(refusal(request(slack('UBOB')), approved)).toBe('bob has decided already.');
    expect(refusal(request(gitea('2')), approved)).toBe(
      'bob has decided already with another account, of slack.',
    );
    expect(refusal(request(slack('UBOB'), { decision: 'reject' }), approved)).toBe(
      'bob has said approve already.',
    );
    expect(refusal(request(slack('UCLEO')), approved)).toBe('taken from cleo');
  });

  it('is refused for another run, another gate and another plan, and when the time is over', () => {
    expect(refusal(request(slack('UBOB'), { run: 'run-0' }))).toContain('made on another run');
    expect(refusal(request(slack('UBOB'), { gate: 'wave:2' }))).toContain('about the gate wave:2');
    expect(refusal(request(slack('UBOB'), { subject: 'sha256:b' }))).toContain(
      'The decision is about sha256:b',
    );
    expect(refusal(request(slack('UBOB')), gate(), { now: now + 59_999 })).toBe('taken from bob');
    expect(refusal(request(slack('UBOB')), gate(), { now: now + 60_000 })).toContain(
      'time to decide is over',
    );
    expect(refusal(request(slack('UBOB')), gate({ settledAt: now }))).toBe('This has been decided already.');
  });

  it('is refused, not mistaken, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(refusal(anything)).not.toContain('taken from');
      }),
    );
    const whole = request(slack('UBOB'));
    for (const missing of Object.keys(whole).filter((key) => key !== 'reason')) {
      const rest = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== missing));
      expect(refusal(rest)).not.toContain('taken from');
    }
  });
});

describe('a hold', () => {
  const held = gate({
    held: {
      decision: 'hold',
      person: 'dave',
      account: slack('UDAVE'),
      from: '#mesh',
      gate: 'change',
      subject,
      at: now,
    },
  });

  it('is taken from anybody who is known, also from the author, and not twice', () => {
    expect(refusal(request(gitea('1'), { decision: 'hold' }))).toBe('taken from ann');
    expect(refusal(request(slack('UCLEO'), { decision: 'hold' }), held)).toBe('dave holds it already.');
    expect(refusal(request(slack('U9'), { decision: 'hold' }))).toContain('belongs to nobody');
  });

  it('is released by whoever holds, or by an approver', () => {
    expect(refusal(request(slack('UDAVE'), { decision: 'release' }), held)).toBe('taken from dave');
    expect(refusal(request(slack('UCLEO'), { decision: 'release' }), held)).toBe('taken from cleo');
    expect(refusal(request(gitea('1'), { decision: 'release' }), held)).toContain('is the author');
    expect(refusal(request(slack('UCLEO'), { decision: 'release' }))).toBe('Nobody holds it.');
  });
});

describe('breaking the glass', () => {
  it('takes a reason, and somebody whom the policy names for it', () => {
    const broken = (id: string, reason?: string): string =>
      refusal(request(slack(id), { decision: 'break-glass', ...(reason === undefined ? {} : { reason }) }));
    expect(broken('UDAVE', 'the site is down')).toBe('taken from dave');
    expect(broken('UDAVE')).toContain('takes a reason');
    expect(broken('UDAVE', ' ')).toContain('takes a reason');
    expect(broken('UBOB', 'the site is down')).toBe('bob may not break the glass.');
  });
});

describe('without a policy', () => {
  const local = (id: string): Account => ({ service: 'local', id });
  const anybody = gate({ approvers: [] }, undefined);
  const open = (asked: unknown, approval = anybody): string => refusal(asked, approval, { rules: undefined });

  it('whoever reaches Temporal decides by a stated name, but for the author', () => {
    expect(open(request(local('bob')))).toBe('taken from bob');
    expect(open(request(local('ann AUTHOR')))).toContain('is the author');
    // Full-width letters that look the same.
    expect(open(request(local('ａｎｎ@example.com')))).toContain('is the author');
    expect(open(request(local(' bob')))).toContain('visible characters');
    expect(open(request(local('b\u202eob')))).toContain('visible characters');
  });

  it('approvers count by their whole name, and nobody is in a group', () => {
    const listed = gate({ approvers: ['user:bob', 'group:owners'] }, undefined);
    expect(open(request(local('Bob')), listed)).toBe('taken from Bob');
    for (const name of ['bobby', 'bo', 'user:bob', 'group:owners', 'owners']) {
      expect(open(request(local(name)), listed)).toContain('not among the approvers');
    }
  });

  it('accounts of chats and forges are nobody, and the glass stays whole', () => {
    expect(open(request(slack('UBOB')))).toContain('no policy file that says whose it is');
    expect(open(request(local('bob'), { decision: 'break-glass', reason: 'now' }))).toContain(
      'may not break',
    );
  });
});
