import { messageOf } from '@meshwright/model';
import { type LoadCase, loadCases, type LoadSubject } from './cases.ts';

/** What came out of a case. */
export interface CaseResult {
  id: string;
  title: string;
  outcome: 'passed' | 'failed' | 'not applicable';
  /** Why it failed or does not apply. */
  reason?: string;
}

/** Runs every case, one after the other, and gives what came out. */
export async function runLoadSuite(
  subject: LoadSubject,
  cases: readonly LoadCase[] = loadCases,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const each of cases) results.push(await runCase(each, subject));
  return results;
}

async function runCase({ id, title, notFor, run }: LoadCase, subject: LoadSubject): Promise<CaseResult> {
  const reason = notFor?.(subject.plugin.capabilities);
  if (reason !== undefined) return { id, title, outcome: 'not applicable', reason };
  try {
    await run(subject);
    return { id, title, outcome: 'passed' };
  } catch (error) {
    return { id, title, outcome: 'failed', reason: messageOf(error) };
  }
}
