import { Phase } from '@meshwright/model';
import { expect, it } from 'vitest';
import { exitCodeOfError, exitCodeOfPhase, worstExitCode } from './exit-code.ts';

it('gives every phase an exit code: done, failed or waiting', () => {
  const codes = Object.fromEntries(Object.values(Phase).map((phase) => [phase, exitCodeOfPhase(phase)]));
  expect(codes).toEqual({
    planning: 3,
    measuring: 3,
    paused: 3,
    stopped: 3,
    'rolling-back': 3,
    'rolled-back': 1,
    'awaiting-approval': 3,
    queued: 3,
    changing: 3,
    succeeded: 0,
    failed: 1,
    invalid: 1,
    rejected: 1,
    cancelled: 1,
  });
});

it('tells input that must be corrected from other errors', () => {
  expect(exitCodeOfError('INVALID_PATTERN')).toBe(2);
  expect(exitCodeOfError('INVALID_CONFIGURATION')).toBe(2);
  expect(exitCodeOfError('UNKNOWN_TARGET')).toBe(2);
  expect(exitCodeOfError('CLUSTER_UNREACHABLE')).toBe(1);
});

it('gives several answers the worst code', () => {
  expect(worstExitCode([])).toBe(0);
  expect(worstExitCode([0, 3])).toBe(3);
  expect(worstExitCode([3, 1, 0])).toBe(1);
});
