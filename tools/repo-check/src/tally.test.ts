import { describe, expect, it } from 'vitest';
import { formatTally, isSuccess, sumTallies, tallyOfReport } from './tally.ts';

const report = {
  numPassedTests: 3,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: [],
};

describe('the tally of a run', () => {
  it('counts what vitest reports', () => {
    expect(tallyOfReport(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 1, failures: [] });
  });

  it('counts a file that could not be loaded as a failure, and says why', () => {
    const file = { name: '/a/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
    const tally = tallyOfReport({ ...report, testResults: [file] }, 1);
    expect(tally.failed).toBe(1);
    expect(tally.failures[0]).toMatch(/b\.test\.ts\n {2}no such module$/);
  });

  it('names each test that failed with the beginning of its message', () => {
    const failureMessages = [Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')];
    const assertionResults = [
      { fullName: 'a run ends', status: 'failed', failureMessages },
      { fullName: 'a run begins', status: 'passed', failureMessages: null },
    ];
    const file = { name: '/a/b.test.ts', status: 'failed', message: '', assertionResults };
    const tally = tallyOfReport({ ...report, testResults: [file] }, 1);
    expect(tally.failed).toBe(1);
    expect(tally.failures[0]).toMatch(/b\.test\.ts: a run ends\n {2}line 0\n(.*\n)* {2}line 5$/);
  });

  it('does not call a run that exited badly a success', () => {
    expect(tallyOfReport(report, 1).failed).toBe(1);
  });

  it('does not call a run without tests a success', () => {
    expect(tallyOfReport({ ...report, numPassedTests: 0 }, 0).failed).toBe(1);
    expect(isSuccess({ passed: 0, failed: 0, skipped: 4, failures: [] })).toBe(false);
  });

  it('sums and prints the closing line', () => {
    const sum = sumTallies([
      { passed: 1, failed: 0, skipped: 2, failures: [] },
      { passed: 4, failed: 1, skipped: 0, failures: ['a test'] },
    ]);
    expect(sum.failures).toEqual(['a test']);
    expect(formatTally(sum)).toBe('5 passed, 1 failed, 2 skipped');
  });
});
