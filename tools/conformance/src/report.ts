import type { CaseResult } from '@meshwright/plugin-testkit';
import { parse, stringify } from 'yaml';
import type { Generator } from './generators.ts';

/** A report as it lies beside a plugin. */
export interface ConformanceReport {
  /** Of this format. */
  version: 1;
  generator: string;
  capabilities: object;
  /** Why the suite was not run; absent where it was. */
  notRun?: string;
  /** Empty where the suite was not run. */
  cases: readonly CaseResult[];
}

const head =
  '# Written by `npm run conformance`. What a case failed for changes from run to run, and stands here once.\n';

export function reportOf({ plugin }: Generator, cases: readonly CaseResult[]): ConformanceReport {
  return { version: 1, generator: plugin.id, capabilities: plugin.capabilities, cases };
}

/** The report of a generator whose suite could not be run: it claims nothing. */
export function reportOfNone(generator: Generator, notRun: string): ConformanceReport {
  const { cases, ...report } = reportOf(generator, []);
  return { ...report, notRun, cases };
}

/** The report as text. */
export function formatReport(report: ConformanceReport): string {
  return `${head}${stringify(report, { lineWidth: 120 })}`;
}

/** The report in such a text. */
export function parseReport(text: string): ConformanceReport {
  return parse(text) as ConformanceReport;
}

/** One line for people. */
export function caseLine({ id, outcome, reason }: CaseResult): string {
  const mark = { passed: 'ok  ', failed: 'FAIL', 'not applicable': '--  ' }[outcome];
  return `${mark} ${id}${reason === undefined ? '' : `: ${reason}`}`;
}
