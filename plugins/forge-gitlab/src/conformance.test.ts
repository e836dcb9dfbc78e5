import { describe, expect, it } from 'vitest';
import { casesFor, forgeCases, runForgeCase } from '@meshwright/plugin-testkit';
import { signingSubject, tokenSubject } from './test-support/subject.ts';

describe.each([
  ['a secret token', tokenSubject, ['altered', 'old']],
  ['a signing token', signingSubject, []],
])('GitLab with %s', (_secret, subject, leftOut) => {
  const { applicable, others } = casesFor(subject, forgeCases);

  it.each(applicable.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
    await runForgeCase(each, subject);
  });

  it('leaves out only what it does not sign', () => {
    expect(others.map(({ id }) => id)).toEqual(leftOut);
  });
});
