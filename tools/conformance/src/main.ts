import { writeFile } from 'node:fs/promises';
import { Command, Option } from '@commander-js/extra-typings';
import { type CaseResult, runLoadSuite } from '@meshwright/plugin-testkit';
import { contextFor, generators, reasonNotToRun, reportFile } from './generators.ts';
import { caseLine, formatReport, reportOf, reportOfNone } from './report.ts';

const program = new Command('npm run conformance --')
  .description('Runs the conformance suite of load generators, and keeps the reports beside the plugins.')
  .addOption(
    new Option('--only <generator>', 'this one alone').choices(generators.map(({ plugin }) => plugin.id)),
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run conformance
  npm run conformance -- --only builtin

Leave the machine alone meanwhile: trials that it disturbs are not valid and are repeated, four times at most.
The exit code is 1 when a case has failed, or none was run.`,
  )
  .parse();

const { only } = program.opts();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());

const results: CaseResult[] = [];
const notRun: string[] = [];
for (const generator of generators.filter(({ plugin }) => only === undefined || plugin.id === only)) {
  console.log(`${generator.plugin.title}:`);
  const reason = await reasonNotToRun(generator, interruption.signal);
  if (reason !== undefined) {
    console.log(`  not run: ${reason}`);
    await writeFile(reportFile(generator), formatReport(reportOfNone(generator, reason)));
    notRun.push(generator.plugin.id);
    continue;
  }
  const context = await contextFor(generator, interruption.signal);
  const cases = await runLoadSuite({ plugin: generator.plugin, context }, (result) =>
    console.log(`  ${caseLine(result)}`),
  );
  await writeFile(reportFile(generator), formatReport(reportOf(generator, cases)));
  results.push(...cases);
}
const failed = results.filter(({ outcome }) => outcome === 'failed').length;
const left = notRun.length === 0 ? '' : ` Not run: ${notRun.join(', ')}.`;
console.log(`${results.length} cases, ${failed} failed.${left}`);
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1;
