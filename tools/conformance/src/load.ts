import { writeFile } from 'node:fs/promises';
import { type CaseResult, runLoadSuite } from '@meshwright/plugin-testkit';
import { contextFor, type Generator, reasonNotToRun, reportFile } from './generators.ts';
import { caseLine, formatReport, reportOf, reportOfNone } from './report.ts';

/** What came out of the suites of one kind of plugin. */
export interface ConformanceTally {
  /** Cases that were run. */
  ran: number;
  failed: number;
  /** Plugins whose suite could not be run. */
  notRun: string[];
}

/** Runs the suite of load generators, says what comes out, and writes the reports. */
export async function conformLoad(
  generators: readonly Generator[],
  signal: AbortSignal,
): Promise<ConformanceTally> {
  const results: CaseResult[] = [];
  const notRun: string[] = [];
  for (const generator of generators) {
    console.log(`${generator.plugin.title}:`);
    const reason = await reasonNotToRun(generator, signal);
    if (reason !== undefined) {
      console.log(`  not run: ${reason}`);
      await writeFile(reportFile(generator), formatReport(reportOfNone(generator, reason)));
      notRun.push(generator.plugin.id);
      continue;
    }
    const context = await contextFor(generator, signal);
    const cases = await runLoadSuite({ plugin: generator.plugin, context }, (result) =>
      console.log(`  ${caseLine(result)}`),
    );
    await writeFile(reportFile(generator), formatReport(reportOf(generator, cases)));
    results.push(...cases);
  }
  return {
    ran: results.length,
    failed: results.filter(({ outcome }) => outcome === 'failed').length,
    notRun,
  };
}
