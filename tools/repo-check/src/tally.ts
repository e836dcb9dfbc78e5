import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';

/** How many checks or tests ended in which way. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Some lines for each failure: its name, then how its message begins. */
  failures: readonly string[];
}

/** The tally of one check that passed. */
export const onePassed: Tally = { passed: 1, failed: 0, skipped: 0, failures: [] };

/** The tally of one check that failed. */
export function oneFailed(failure: string): Tally {
  return { passed: 0, failed: 1, skipped: 0, failures: [failure] };
}

/** The sum of tallies. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
      failures: [...sum.failures, ...tally.failures],
    }),
    { passed: 0, failed: 0, skipped: 0, failures: [] },
  );
}

/** The closing line of a run. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Whether a run with this tally is a success: something ran, and nothing failed. */
export function isSuccess(tally: Tally): boolean {
  return tally.failed === 0 && tally.passed > 0;
}

interface VitestReport {
  numPassedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: VitestFile[];
}

interface VitestFile {
  name: string;
  status: string;
  message: string;
  assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
}

/** So much of a failure's message is repeated at the end. */
const shownLines = 6;
const shownWidth = 400;

/**
 * The tally of a run of vitest's JSON reporter. A file that failed with no test of its own failing counts as one
 * failure, and a missing report or an empty run as one, too.
 */
export async function readVitestReport(path: string, exitCode: number): Promise<Tally> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return oneFailed(`no report was written (exit code ${exitCode})`);
  return tallyOfReport(JSON.parse(text) as VitestReport, exitCode);
}

/** {@link readVitestReport} on the parsed report. */
export function tallyOfReport(report: VitestReport, exitCode: number): Tally {
  const passed = report.numPassedTests;
  const failures = report.testResults.flatMap(failuresOfFile);
  if (failures.length === 0 && passed === 0) failures.push('no test ran');
  else if (failures.length === 0 && exitCode !== 0)
    failures.push(`no test failed, yet the exit code is ${exitCode}`);
  return {
    passed,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

function failuresOfFile(file: VitestFile): string[] {
  const path = relative(process.cwd(), file.name);
  const tests = file.assertionResults.filter((test) => test.status === 'failed');
  if (tests.length === 0 && file.status === 'failed') return [describeFailure(path, file.message)];
  return tests.map((test) => describeFailure(`${path}: ${test.fullName}`, test.failureMessages?.[0] ?? ''));
}

function describeFailure(name: string, message: string): string {
  const lines = message.split('\n').slice(0, shownLines);
  return [name, ...lines.map((line) => `  ${line.slice(0, shownWidth)}`)].join('\n');
}
