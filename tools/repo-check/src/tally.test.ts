import { describe, expect, it } from 'vitest';
import { formatTally, isSuccess, sumTallies, tallyOfReport } from './tally.ts';

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  numFailedTestSuites: 0,
  testResults: [],
};

describe('the tally of a run', () => {
  it('counts what vitest reports', () => {
    expect(tallyOfReport(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 1 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const broken = { ...report, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(tallyOfReport(broken, 1)).toEqual({ passed: 3, failed: 1, skipped: 1 });
  });

  it('does not call a run that exited badly a success', () => {
    expect(tallyOfReport(report, 1).failed).toBe(1);
  });

  it('does not call a run without tests a success', () => {
    expect(tallyOfReport({ ...report, numPassedTests: 0 }, 0).failed).toBe(1);
    expect(isSuccess({ passed: 0, failed: 0, skipped: 4 })).toBe(false);
  });

  it('sums and prints the closing line', () => {
    const sum = sumTallies([
      { passed: 1, failed: 0, skipped: 2 },
      { passed: 4, failed: 1, skipped: 0 },
    ]);
    expect(formatTally(sum)).toBe('5 passed, 1 failed, 2 skipped');
  });
});
