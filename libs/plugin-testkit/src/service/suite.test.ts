import { describe, expect, it } from 'vitest';
import type { ChatSubject } from '../chat/subject.ts';
import { chatCases } from '../chat/suite.ts';
import { forgeCases } from '../forge/suite.ts';
import { mutations } from './mutations.ts';
import { casesFor } from './suite.ts';

const subject = { plugin: { id: 'mute' }, isFeed: true } as unknown as ChatSubject;

describe('a suite', () => {
  it('fails where no case applies', () => {
    expect(() => casesFor(subject, [])).toThrow('No case applies');
    const notForAnybody = chatCases.map((one) => ({ ...one, notFor: () => 'never' }));
    expect(() => casesFor(subject, notForAnybody)).toThrow('No case applies');
  });

  it('says why a case does not apply', () => {
    const { applicable, others } = casesFor(subject, chatCases);
    expect(applicable.length + others.length).toBe(chatCases.length);
    expect(others.find(({ id }) => id === 'forged')?.reason).toBe('people cannot act on its messages');
  });

  it.each([
    ['chat', chatCases],
    ['forge', forgeCases],
  ])('has no two cases of one id, as that of %s plugins', (_kind, cases) => {
    expect(new Set(cases.map(({ id }: { id: string }) => id)).size).toBe(cases.length);
  });

  it('tries a content with each field left out once, however deep it is', () => {
    const paths = [...mutations({ a: { b: [1] }, c: 'x' })];
    expect(paths).toContainEqual({ path: '.a.b.0', payload: { a: { b: [] }, c: 'x' } });
    expect(new Set(paths.map(({ path }) => path))).toEqual(
      new Set(['.a', '.a.b', '.a.b.0', '.a.__proto__', '.c', '.__proto__']),
    );
  });
});
