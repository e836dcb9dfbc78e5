import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';

function named(name: string, message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), { name }, fields);
}

describe('failureOf', () => {
  it('finds the application failure under its wrappers and reads its details', () => {
    const inner = named('ApplicationFailure', 'conflict', {
      type: 'FIELD_CONFLICT',
      details: [{ remedy: 'let go', where: 'local', lines: ['a', 'b'], stage: 'base' }, { more: true }],
    });
    const outer = named('WorkflowFailedError', 'Workflow execution failed', {
      cause: named('ChildWorkflowFailure', 'child', {
        cause: named('ActivityFailure', 'activity', { cause: inner }),
      }),
    });
    expect(failureOf(outer)).toEqual({
      code: 'FIELD_CONFLICT',
      message: 'conflict',
      remedy: 'let go',
      where: 'local',
      lines: ['a', 'b'],
      stage: 'base',
    });
  });

  it.each([
    ['CancelledFailure', 'CANCELLED'],
    ['TerminatedFailure', 'TERMINATED'],
    ['TimeoutFailure', 'TIMEOUT'],
    ['RangeError', 'INTERNAL'],
  ])('calls a %s %s', (name, code) => {
    expect(failureOf(named('ActivityFailure', 'outer', { cause: named(name, 'inner') }))).toEqual({
      code,
      message: 'inner',
    });
  });

  it('ignores details of another shape', () => {
    const failure = named('ApplicationFailure', 'odd', { type: '', details: [{ remedy: 7, lines: [1] }] });
    expect(failureOf(failure)).toEqual({ code: 'INTERNAL', message: 'odd' });
    expect(failureOf(named('ApplicationFailure', 'odd', { details: null }))).toEqual({
      code: 'INTERNAL',
      message: 'odd',
    });
  });

  it('takes whatever was thrown', () => {
    expect(failureOf('plain')).toEqual({ code: 'INTERNAL', message: 'plain' });
    expect(failureOf(undefined)).toEqual({ code: 'INTERNAL', message: 'undefined' });
  });
});
