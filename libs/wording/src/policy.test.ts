import type { ApprovalPolicy } from '@meshwright/model';
import { expect, it } from 'vitest';
import { describePolicyChange } from './policy.ts';

const before: ApprovalPolicy = {
  people: [
    { name: 'ada', emails: ['ada@example.com'], accounts: [{ service: 'slack', id: 'U1' }] },
    { name: 'bob', emails: [], accounts: [] },
  ],
  groups: { owners: { members: ['ada', 'bob'] } },
  changes: { approvers: ['group:owners'], quorum: 1, requiredGroups: [], expiresAfterSeconds: 604_800 },
  breakGlass: [],
  windows: [],
};

it('says nothing of what stays', () => {
  expect(describePolicyChange(before, structuredClone(before))).toEqual([]);
});

it('says what comes, goes and changes, with what it was', () => {
  const after: ApprovalPolicy = {
    ...before,
    people: [
      { name: 'ada', emails: ['ada@example.com'], accounts: [{ service: 'slack', id: 'U9' }] },
      { name: 'eve', emails: [], accounts: [{ service: 'gitea', id: '7' }] },
    ],
    groups: { owners: { members: [], team: { service: 'gitea', team: 'acme/owners' } } },
    changes: { ...before.changes, quorum: 2, requiredGroups: ['owners'] },
    breakGlass: ['user:eve'],
    windows: [
      {
        name: 'office',
        kind: 'allow',
        timeZone: 'UTC',
        patterns: ['shop'],
        clusters: [],
        when: { days: [1, 5], fromMinute: 540, toMinute: 1_440 },
      },
    ],
  };
  expect(describePolicyChange(before, after)).toEqual([
    '~ person ada: ada@example.com, slack U9 (was: ada@example.com, slack U1)',
    '+ person eve: gitea 7',
    '- person bob: no account',
    '~ group owners: the team acme/owners of gitea (was: ada, bob)',
    '~ rule changes of this file: 2 of group:owners, with one of each of owners, within 7d (was: 1 of group:owners, within 7d)',
    '+ rule breaking the glass: user:eve',
    '+ window office: allow mon, fri 09:00 to 24:00 UTC of shop',
  ]);
});

it('says that a policy goes, and all that a first one says', () => {
  expect(describePolicyChange(before, undefined)).toEqual([expect.stringContaining('nobody is known')]);
  expect(describePolicyChange(undefined, before)).toHaveLength(4);
});
