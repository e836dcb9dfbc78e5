import { describe, expect, it } from 'vitest';
import { casesFor, forgeCases, runForgeCase } from '@meshwright/plugin-testkit';
import { appSubject, tokenSubject } from './test-support/subject.ts';

describe.each([
  ['a token', tokenSubject],
  ['an app', appSubject],
])('GitHub with %s', (_credential, subject) => {
  const { applicable, others } = casesFor(subject, forgeCases);

  it.each(applicable.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
    await runForgeCase(each, subject);
  });

  it('leaves out only what it signs no time for', () => {
    expect(others.map(({ id }) => id)).toEqual(['old']);
  });
});
