import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ContinueAsNew } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { countedOf, statusOfFailure } from './ends.ts';
import { failRun } from './failing.ts';

const plan = {
  mesh: { type: 'istio' },
  stages: [
    { id: 'crds', kind: 'apply' },
    { id: 'verify', kind: 'verify' },
  ],
  rollback: [{ id: 'undo-crds', kind: 'prune' }],
};

describe('what is counted of a run', () => {
  it('is how a rollout ended, by its pattern', () => {
    const input = { pattern: 'shop', purpose: 'apply' };
    expect(
      countedOf({ workflowType: 'patternRollout', input, status: { phase: 'invalid' }, seconds: 2 }),
    ).toEqual({ rollout: { pattern: 'shop', purpose: 'apply', phase: 'invalid', seconds: 2 } });
  });

  it('is how a change ended, with the stages that did, on both ways', () => {
    const status = {
      phase: 'rolled-back',
      plan,
      stages: [
        { id: 'crds', title: '', state: 'done', startedAt: 1_000, finishedAt: 3_500 },
        { id: 'verify', title: '', state: 'verifying', startedAt: 4_000 },
      ],
      rollback: [{ id: 'undo-crds', title: '', state: 'done', startedAt: 5_000, finishedAt: 6_000 }],
    };
    const input = { cluster: 'local', plan };
    expect(countedOf({ workflowType: 'meshChange', input, status, seconds: 9 })).toEqual({
      change: {
        cluster: 'local',
        mesh: 'istio',
        phase: 'rolled-back',
        seconds: 9,
        stages: [
          { way: 'forward', kind: 'apply', state: 'done', seconds: 2.5 },
          { way: 'back', kind: 'prune', state: 'done', seconds: 1 },
        ],
      },
    });
  });

  it('is little of a change that was cancelled before it said anything', () => {
    const status = statusOfFailure(new CancelledFailure('gone'));
    const input = { cluster: 'local', plan };
    expect(countedOf({ workflowType: 'meshChange', input, status, seconds: 1 })).toEqual({
      change: { cluster: 'local', mesh: 'istio', phase: 'cancelled', seconds: 1, stages: [] },
    });
  });

  it('is nothing of a watch', () => {
    expect(countedOf({ workflowType: 'repositoryWatch', input: {}, status: {}, seconds: 1 })).toBeUndefined();
  });
});

describe('the status of a failed run', () => {
  it('is what it failed with', () => {
    const status = { phase: 'rejected' };
    expect(statusOfFailure(failRun({ code: 'REJECTED', message: 'no' }, status))).toBe(status);
    expect(statusOfFailure(ApplicationFailure.create({ message: 'bare' }))).toEqual({ phase: 'failed' });
  });

  it('is not there where the run goes on: in its next run, or once a defect is mended', () => {
    expect(statusOfFailure(new ContinueAsNew({}))).toBeUndefined();
    expect(statusOfFailure(new TypeError('a defect'))).toBeUndefined();
  });
});
