import { describe, expect, it } from 'vitest';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MeshwrightError } from '@meshwright/model';
import { activityFailure, asActivities } from './activities.ts';

const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => logger,
};

describe('the failure of an activity', () => {
  it('says code, remedy, place and lines, and is retried only where the code allows', () => {
    const details = { remedy: 'Let go.', where: 'local', lines: ['a'] };
    const conflict = activityFailure(new MeshwrightError('FIELD_CONFLICT', 'taken', details), 1);
    expect(conflict).toMatchObject({
      type: 'FIELD_CONFLICT',
      message: 'taken',
      nonRetryable: true,
      details: [details],
    });
    const away = activityFailure(new MeshwrightError('CLUSTER_UNREACHABLE', 'away'), 1);
    expect(away).toMatchObject({ type: 'CLUSTER_UNREACHABLE', nonRetryable: false, details: [{}] });
  });

  it('stays small however much went wrong', () => {
    const details = { remedy: 'r'.repeat(9_000), lines: Array<string>(200).fill('l'.repeat(900)) };
    const failure = activityFailure(new MeshwrightError('API_REFUSED', 'm'.repeat(9_000), details), 1);
    if (!(failure instanceof ApplicationFailure)) expect.unreachable();
    expect(JSON.stringify([failure.message, failure.details]).length).toBeLessThan(35_000);
    expect(failure.details?.[0]).toMatchObject({
      lines: expect.arrayContaining(['… and 150 more']) as string[],
    });
  });

  it('that nobody foresaw is retried for a while, then taken for a defect', () => {
    expect(activityFailure(new RangeError('odd'), 1)).toMatchObject({
      type: 'INTERNAL',
      nonRetryable: false,
    });
    expect(activityFailure('thrown text', 20)).toMatchObject({ message: 'thrown text', nonRetryable: true });
    expect(activityFailure(new MeshwrightError('INTERNAL', 'known'), 20)).toMatchObject({
      nonRetryable: true,
    });
  });

  it('passes failures that already are what workflows understand', () => {
    const cancelled = new CancelledFailure('stop');
    const given = ApplicationFailure.create({ message: 'given' });
    expect(activityFailure(cancelled, 1)).toBe(cancelled);
    expect(activityFailure(given, 1)).toBe(given);
  });
});

describe('asActivities', () => {
  it('refuses what is not a function', () => {
    expect(() => asActivities({ planChange: 7 }, logger)).toThrow('planChange is not a function');
  });
});
