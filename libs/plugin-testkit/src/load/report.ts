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

/** Runs every case, one after the other, and gives what came out; `tell` hears of each at once. */
export async function runLoadSuite(
  subject: LoadSubject,
  tell: (result: CaseResult) => void,
  cases: readonly LoadCase[] = loadCases,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const each of cases) {
    const result = await runCase(each, subject);
    tell(result);
    results.push(result);
  }
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
