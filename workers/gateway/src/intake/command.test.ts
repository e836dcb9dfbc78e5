import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine, parseCommand } from './command.ts';

const digits = '4f1c9a7e4f1c';

describe('a comment', () => {
  it.each([
    [`/approve ${digits}`, { kind: 'decide', decision: 'approve', subject: digits }],
    [`/approve sha256:${digits}`, { kind: 'decide', decision: 'approve', subject: digits }],
    [`/approve ${digits.toUpperCase()}`, { kind: 'decide', decision: 'approve', subject: digits }],
    [`  /approve ${digits}  `, { kind: 'decide', decision: 'approve', subject: digits }],
    [`/approve ${digits}\n\nThanks!`, { kind: 'decide', decision: 'approve', subject: digits }],
    [`/approve ${digits}\r\nThanks!`, { kind: 'decide', decision: 'approve', subject: digits }],
    [`/meshwright approve ${digits}`, { kind: 'decide', decision: 'approve', subject: digits }],
    ['/approve', { kind: 'decide', decision: 'approve' }],
    ['/approve 4f1c', { kind: 'decide', decision: 'approve', reason: '4f1c' }],
    [
      `/reject ${digits} not before the sale`,
      { kind: 'decide', decision: 'reject', subject: digits, reason: 'not before the sale' },
    ],
    ['/hold', { kind: 'decide', decision: 'hold' }],
    ['/hold load test runs', { kind: 'decide', decision: 'hold', reason: 'load test runs' }],
    ['/release', { kind: 'decide', decision: 'release' }],
    ['/why', { kind: 'why' }],
    ['/plan', { kind: 'plan' }],
  ])('%j asks for something', (comment, action) => {
    expect(parseCommand(comment)).toEqual(action);
  });

  it.each([
    '',
    'approve',
    `> /approve ${digits}`,
    `\`/approve ${digits}\``,
    `    Text\n/approve ${digits}`,
    `Please do not /approve ${digits}`,
    `/approved ${digits}`,
    `/Approve ${digits}`,
    '/lgtm',
    '/',
    '//approve',
    '/break-glass',
    `/approve${digits}`,
    '/constructor',
  ])('%j asks for nothing', (comment) => {
    expect(parseCommand(comment)).toBeUndefined();
  });

  it('of any text is read at once, and never names a subject that is not digits', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `/approve ${text}`),
        ),
        (text) => {
          const action = parseCommand(text);
          if (action?.kind !== 'decide' || action.subject === undefined) return;
          expect(action.subject).toMatch(/^[0-9a-f]{8,64}$/);
        },
      ),
    );
    expect(parseCommand(`/approve${' '.repeat(1_000_000)}x`)).toEqual({
      kind: 'decide',
      decision: 'approve',
    });
  });

  it('can be copied from the line that is offered', () => {
    const line = commandLine('approve', `sha256:${'4f1c9a7e'.repeat(8)}`);
    expect(parseCommand(line)).toEqual({ kind: 'decide', decision: 'approve', subject: digits });
  });
});
