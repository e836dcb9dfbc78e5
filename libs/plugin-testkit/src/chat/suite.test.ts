import { describe, expect, it } from 'vitest';
import { mutations } from './mutations.ts';
import { seenMarkdown } from './markdown.ts';
import type { ChatSubject } from './subject.ts';
import { chatCases, chatCasesFor } from './suite.ts';

const subject = { plugin: { id: 'mute' }, isFeed: true } as unknown as ChatSubject;

describe('the suite of chat plugins', () => {
  it('fails where no case applies', () => {
    expect(() => chatCasesFor(subject, [])).toThrow('No case applies');
    const notForAnybody = chatCases.map((one) => ({ ...one, notFor: () => 'never' }));
    expect(() => chatCasesFor(subject, notForAnybody)).toThrow('No case applies');
  });

  it('says why a case does not apply', () => {
    const { applicable, others } = chatCasesFor(subject);
    expect(applicable.length + others.length).toBe(chatCases.length);
    expect(others.find(({ id }) => id === 'forged')?.reason).toBe('people cannot act on its messages');
  });

  it('has no two cases of one id', () => {
    expect(new Set(chatCases.map(({ id }) => id)).size).toBe(chatCases.length);
  });
});

describe('what the suite tries', () => {
  it('leaves each field out once, however deep it is', () => {
    const paths = [...mutations({ a: { b: [1] }, c: 'x' })];
    expect(paths).toContainEqual({ path: '.a.b.0', payload: { a: { b: [] }, c: 'x' } });
    expect(new Set(paths.map(({ path }) => path))).toEqual(
      new Set(['.a', '.a.b', '.a.b.0', '.a.__proto__', '.c', '.__proto__']),
    );
  });

  it('sees what Markdown would do', () => {
    const seen = seenMarkdown('[x](https://a.example) `@code` @all <b>y</b>');
    expect(seen.links).toEqual(['https://a.example']);
    expect(seen.loose.join('')).toContain('@all');
    expect(seen.loose.join('')).not.toContain('@code');
    expect(seen.html).toEqual(['<b>', '</b>']);
  });
});
