import { Phase } from '@meshwright/model';
import { expect, it } from 'vitest';
import { phaseOf } from './report.ts';

it('takes the phase a rollout says of itself while it runs and when it completed', () => {
  expect(phaseOf({ state: 'running', phase: Phase.changing })).toBe('changing');
  expect(phaseOf({ state: 'completed', phase: Phase.rejected })).toBe('rejected');
  expect(phaseOf({ state: 'running' })).toBeUndefined();
});

it('knows that an execution that was ended from outside no longer changes anything', () => {
  expect(phaseOf({ state: 'terminated', phase: Phase.changing })).toBe('cancelled');
  expect(phaseOf({ state: 'cancelled', phase: Phase.awaitingApproval })).toBe('cancelled');
  expect(phaseOf({ state: 'timed-out', phase: Phase.changing })).toBe('failed');
  expect(phaseOf({ state: 'failed' })).toBe('failed');
  expect(phaseOf({ state: 'failed', phase: Phase.rejected })).toBe('rejected');
});
