import type { ApprovalPolicy } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { readPolicy } from './read-policy.ts';
import type { policySchema } from './schema.ts';

const file = 'approvals.yaml';
const minimal = `apiVersion: meshwright.dev/v1alpha1
kind: ApprovalPolicy
people:
  - name: ada
    emails: [ada@example.com]
    accounts: { chat: U1, forge: 4 }
  - name: bob
    accounts: { forge: [5, '007'], local: bob }
groups:
  owners: [bob, ada]
changes:
  approvers: [group:owners]
`;

function changed(from: string, to: string): string {
  expect(minimal).toContain(from);
  return minimal.replace(from, to);
}

function read(text: string) {
  return readPolicy(text, file);
}

describe('a policy file', () => {
  it('has the type of the model', () => {
    expectTypeOf<z.output<typeof policySchema>>().toExtend<ApprovalPolicy>();
  });

  it('is read with numeric ids as text, and gets its defaults', () => {
    expect(read(minimal)).toEqual({
      diagnostics: [],
      policy: {
        people: [
          {
            name: 'ada',
            emails: ['ada@example.com'],
            accounts: [
              { service: 'chat', id: 'U1' },
              { service: 'forge', id: '4' },
            ],
          },
          {
            name: 'bob',
            emails: [],
            accounts: [
              { service: 'forge', id: '007' },
              { service: 'forge', id: '5' },
              { service: 'local', id: 'bob' },
            ],
          },
        ],
        groups: { owners: { members: ['ada', 'bob'] } },
        changes: {
          approvers: ['group:owners'],
          quorum: 1,
          requiredGroups: [],
          expiresAfterSeconds: 604_800,
        },
        breakGlass: [],
        windows: [],
      },
    });
  });

  it('has windows by the week and freezes by date, in one list', () => {
    const { policy, diagnostics } = read(`${minimal}windows:
  - { name: office, timeZone: Europe/Berlin, days: [thu, mon], from: '09:00', to: '24:00', clusters: [b, a] }
  - { name: backup, kind: deny, timeZone: UTC, from: '23:30', to: '01:00', patterns: [shop] }
freezes:
  - { name: holidays, timeZone: America/New_York, from: 2026-12-24, to: 2026-12-31 }
  - { name: audit, timeZone: UTC, from: 2026-12-24T18:00, to: 2026-12-24T18:30, clusters: [a] }
`);
    expect(diagnostics).toEqual([]);
    expect(policy?.windows).toEqual([
      {
        name: 'audit',
        kind: 'deny',
        timeZone: 'UTC',
        patterns: [],
        clusters: ['a'],
        when: { from: '2026-12-24T18:00', to: '2026-12-24T18:30' },
      },
      {
        name: 'backup',
        kind: 'deny',
        timeZone: 'UTC',
        patterns: ['shop'],
        clusters: [],
        when: { days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 1_410, toMinute: 60 },
      },
      {
        name: 'holidays',
        kind: 'deny',
        timeZone: 'America/New_York',
        patterns: [],
        clusters: [],
        when: { from: '2026-12-24T00:00', to: '2027-01-01T00:00' },
      },
      {
        name: 'office',
        kind: 'allow',
        timeZone: 'Europe/Berlin',
        patterns: [],
        clusters: ['a', 'b'],
        when: { days: [1, 4], fromMinute: 540, toMinute: 1_440 },
      },
    ]);
  });

  it('takes the people of a group from a team of a forge', () => {
    const text = changed('[bob, ada]', "{ team: 'forge:platform/owners' }");
    expect(read(text)).toMatchObject({
      diagnostics: [],
      policy: { groups: { owners: { members: [], team: { service: 'forge', team: 'platform/owners' } } } },
    });
  });

  it('reads the same from the same rules, however they are put', () => {
    const other = `# who may what
kind: ApprovalPolicy
changes: { approvers: ['group:owners'], quorum: 1 }
groups: { owners: [ada, bob] }
people:
  - { name: bob, accounts: { local: [bob], forge: ['007', '5'] } }
  - { name: ada, accounts: { forge: '4', chat: U1 }, emails: [ada@example.com] }
apiVersion: meshwright.dev/v1alpha1
`;
    expect(read(other).policy).toEqual(read(minimal).policy);
  });

  it('warns where nobody of those who approve could write a change', () => {
    expect(read(`${minimal}  quorum: 2\n`)).toMatchObject({
      policy: { changes: { quorum: 2 } },
      diagnostics: [{ code: 'tight-quorum', severity: 'warning', file, line: 13 }],
    });
  });

  it('may have a thousand people, and no more', () => {
    const people = (count: number): string => {
      const lines = Array.from({ length: count }, (_, n) => {
        return `  - { name: p${n}, emails: [p${n}@example.com], accounts: { chat: U${n}, forge: ${n} } }`;
      });
      return `apiVersion: meshwright.dev/v1alpha1\nkind: ApprovalPolicy\npeople:\n${lines.join('\n')}\nchanges: { approvers: ['user:p1', 'user:p2'] }\n`;
    };
    expect(read(people(1_000)).policy?.people).toHaveLength(1_000);
    expect(read(people(1_001))).toMatchObject({
      diagnostics: [{ message: 'people must have at most 1000 entries' }],
    });
  });
});

describe('what is refused', () => {
  it.each([
    [
      'a typo',
      changed('  - name: ada\n    emails', '  - name: ada\n    email'),
      'unknown-field',
      5,
      'Did you mean "emails"?',
    ],
    ['a typo at the top', `${minimal}freeze: []\n`, 'unknown-field', 13, 'Did you mean "freezes"?'],
    ['nobody', changed('people:\n', 'people: []\nx:\n'), 'out-of-bounds', 3, undefined],
    ['no word on who changes it', minimal.replace(/changes:[^]*/, ''), 'missing-field', 1, undefined],
    ['changes by nobody', changed('[group:owners]', '[]'), 'out-of-bounds', 12, undefined],
    ['a person twice', changed('name: bob', 'name: Ada'), 'duplicate-entry', 7, 'Keep one of the two.'],
    ['an account of two people', changed('[5, ', '[4, '), 'duplicate-entry', 8, 'Keep one of the two.'],
    [
      'an account as number and text',
      changed("[5, '007']", "'4'"),
      'duplicate-entry',
      8,
      'Keep one of the two.',
    ],
    [
      'a local name of two people, whatever the case',
      changed('chat: U1', 'local: Bob'),
      'duplicate-entry',
      8,
      'Keep one of the two.',
    ],
    [
      'an e-mail address of two people, whatever the case',
      changed('  - name: bob\n', '  - name: bob\n    emails: [Ada@Example.com]\n'),
      'duplicate-entry',
      8,
      'Keep one of the two.',
    ],
    ['a name for an account', changed('chat: U1', "chat: '@ada'"), 'not-an-id', 6, undefined],
    ['half a number for an account', changed('forge: 4', 'forge: 4.5'), 'wrong-type', 6, undefined],
    ['a number below zero', changed('forge: 4', 'forge: -4'), 'out-of-bounds', 6, undefined],
    [
      'a number that is not kept exactly',
      changed('forge: 4', 'forge: 90071992547409930'),
      'number-too-large',
      6,
      'Quote it.',
    ],
    ['an unknown member', changed('[bob, ada]', '[bob, adda]'), 'unknown-person', 10, 'Did you mean "ada"?'],
    [
      'an unknown group',
      changed('group:owners', 'group:owner'),
      'unknown-group',
      12,
      'Did you mean "owners"?',
    ],
    [
      'an unknown approver',
      changed('group:owners', 'user:adda'),
      'unknown-person',
      12,
      'Did you mean "ada"?',
    ],
    [
      'an unknown required group',
      `${minimal}  requiredGroups: [sec]\n`,
      'unknown-group',
      13,
      'Groups: owners.',
    ],
    ['an unknown glass breaker', `${minimal}breakGlass: [user:eve]\n`, 'unknown-person', 13, undefined],
    ['an approver without a kind', changed('group:owners', 'ada'), 'invalid-value', 12, undefined],
    ['a team without a service', changed('[bob, ada]', '{ team: owners }'), 'invalid-value', 10, undefined],
    ['a group of nobody', changed('[bob, ada]', '[]'), 'out-of-bounds', 10, undefined],
    [
      'a quorum that its own people do not reach',
      `${minimal}  quorum: 3\n`,
      'unreachable-quorum',
      13,
      'Lower the quorum, or name more people.',
    ],
    [
      'a quorum of people without accounts',
      changed('    accounts: { chat: U1, forge: 4 }\n', '').replace('[group:owners]', '[user:ada]'),
      'unreachable-quorum',
      10,
      undefined,
    ],
    [
      'a required group of which nobody may approve',
      changed('[group:owners]', '[user:ada]\n  requiredGroups: [second]').replace(
        'groups:',
        'groups:\n  second: [bob]',
      ),
      'unreachable-group',
      14,
      'Add group:second to changes.approvers, or give its people accounts.',
    ],
    [
      'an unknown time zone',
      `${minimal}windows: [{ name: a, timeZone: Europe/Belin, from: '09:00', to: '10:00' }]\n`,
      'unknown-time-zone',
      13,
      undefined,
    ],
    [
      'an offset for a time zone',
      `${minimal}windows: [{ name: a, timeZone: '+01:00', from: '09:00', to: '10:00' }]\n`,
      'unknown-time-zone',
      13,
      undefined,
    ],
    [
      'a time of day after midnight',
      `${minimal}windows: [{ name: a, timeZone: UTC, from: '24:00', to: '10:00' }]\n`,
      'invalid-value',
      13,
      undefined,
    ],
    [
      'a day mistyped',
      `${minimal}windows: [{ name: a, timeZone: UTC, days: [mo], from: '09:00', to: '10:00' }]\n`,
      'unknown-value',
      13,
      undefined,
    ],
    [
      'a day that no month has',
      `${minimal}freezes: [{ name: a, timeZone: UTC, from: 2026-02-30, to: 2026-03-01 }]\n`,
      'invalid-value',
      13,
      undefined,
    ],
    [
      'a freeze that ends before it begins',
      `${minimal}freezes: [{ name: a, timeZone: UTC, from: 2026-03-02, to: 2026-03-01 }]\n`,
      'ends-before-it-begins',
      13,
      undefined,
    ],
    [
      'one name for a window and a freeze',
      `${minimal}windows: [{ name: a, timeZone: UTC, from: '09:00', to: '10:00' }]\nfreezes: [{ name: a, timeZone: UTC, from: 2026-03-01, to: 2026-03-01 }]\n`,
      'duplicate-entry',
      14,
      'Keep one of the two.',
    ],
    ['another kind', 'apiVersion: v1\nkind: ConfigMap\n', 'not-a-policy', 2, undefined],
    ['another version', changed('v1alpha1', 'v9'), 'unknown-value', 1, undefined],
    ['an empty file', '# nothing\n', 'empty-file', undefined, 'Write a policy, or delete the file.'],
    ['two documents', `${minimal}---\n${minimal}`, 'several-documents', 14, 'Move it to a file of its own.'],
    [
      'more bytes than are read',
      `#${'x'.repeat(262_144)}\n${minimal}`,
      'file-too-large',
      undefined,
      undefined,
    ],
  ])('%s', (_, text, code, line, suggestion) => {
    const { policy, diagnostics } = read(text);
    expect(policy).toBeUndefined();
    const found = diagnostics.find((diagnostic) => diagnostic.code === code);
    expect(found, JSON.stringify(diagnostics)).toMatchObject({ file, severity: 'error' });
    expect(found?.line).toBe(line);
    if (suggestion !== undefined) expect(found?.suggestion).toBe(suggestion);
  });

  it('says a wrong name once, and not also that too few remain', () => {
    expect(read(changed('group:owners', 'user:adda')).diagnostics).toHaveLength(1);
  });
});

describe('for every input', () => {
  const word = fc.constantFrom(
    'people',
    'groups',
    'changes',
    'windows',
    'name',
    'accounts',
    'team',
    'approvers',
    'ada',
    '4',
    '09:00',
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      word,
      fc.anything({ maxDepth: 1 }),
      fc.array(tie('tree')),
      fc.dictionary(word, tie('tree')),
    ),
  }));

  it('gives a policy or an error, and throws nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(word, tree), fc.string({ unit: 'binary' }), (fields, text) => {
        const document = { apiVersion: 'meshwright.dev/v1alpha1', kind: 'ApprovalPolicy', ...fields };
        for (const source of [JSON.stringify(document), text]) {
          const { policy, diagnostics } = read(source);
          expect(policy === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        }
      }),
    );
  });
});
