import { expect, it } from 'vitest';
import { describeAccount, describeCommitted, describeDecision, describeRequest } from './rollout-words.ts';

const request = {
  kind: 'rollback',
  identity: 'ada',
  reason: 'it is slow',
  holds: '93fb5f07dfc6'.padEnd(40, '0'),
} as const;

it('says what a person asked for, and which commit that takes back', () => {
  expect(describeRequest(request)).toBe('rollback by ada, takes back 93fb5f07dfc6: it is slow');
  expect(describeRequest({ kind: 'adopt', identity: 'ada' })).toBe('adopt by ada');
});

it('says who decided what, and whether anybody has verified who that is', () => {
  expect(describeDecision({ decision: 'break-glass', person: 'Ada' })).toBe(
    'opened without its quorum by Ada',
  );
  expect(describeAccount({ service: 'slack', id: 'U024BE7LH' })).toBe('slack U024BE7LH');
  expect(describeAccount({ service: 'local', id: 'ada' })).toBe('stated, not verified');
});

it('says what a rollout is started from as Markdown in which nothing foreign acts', () => {
  const commit = {
    id: '0123456789abcdef0123456789abcdef01234567',
    subject: `Say [it](http://evil)${' again'.repeat(1_000)}`,
    author: 'Ada',
    authorEmail: 'ada@example.org',
    contributors: [],
    committedAt: 0,
  };
  const told = describeCommitted({ path: 'shop.yaml', commit, request });
  expect(told).toMatch(
    /^`shop.yaml` at `0123456789abcdef0123456789abcdef01234567`: “Say \\\[it\\\]\(http:\/\/evil\)/,
  );
  expect(told).toMatch(/…” by Ada; asked for: rollback by ada, takes back 93fb5f07dfc6: it is slow$/);
  expect(told.length).toBeLessThan(1_000);
});
