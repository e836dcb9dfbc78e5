import { casesFor, chatCases, runChatCase } from '@meshwright/plugin-testkit';
import { describe, expect, it } from 'vitest';
import { webhookSubject } from './test-support/subject.ts';

const { applicable, others } = casesFor(webhookSubject, chatCases);

describe('the webhook', () => {
  it('passes all of the suite that is about a feed of events', () => {
    expect(applicable.length + others.length).toBe(chatCases.length);
    const reasons = new Set(others.map(({ reason }) => reason));
    expect([...reasons].toSorted()).toEqual([
      'it is a feed of events, without a message that stays',
      'people cannot act on its messages',
      'whatever its receiver answers is an answer',
    ]);
    expect(applicable.length).toBeGreaterThan(20);
  });

  it.each(applicable)('$id: $title', (one) => runChatCase(one, webhookSubject));
});
