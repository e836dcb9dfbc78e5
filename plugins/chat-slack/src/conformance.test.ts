import { casesFor, chatCases, runChatCase } from '@meshwright/plugin-testkit';
import { describe, expect, it } from 'vitest';
import { slackSubject } from './test-support/subject.ts';

const { applicable, others } = casesFor(slackSubject, chatCases);

describe('Slack', () => {
  it('passes the whole suite', () => {
    expect(others).toEqual([]);
    expect(applicable.length).toBe(chatCases.length);
  });

  it.each(applicable)('$id: $title', (one) => runChatCase(one, slackSubject));
});
