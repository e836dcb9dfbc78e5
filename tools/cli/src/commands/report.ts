import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { MeshwrightError, messageOf } from '@meshwright/model';
import { headline, htmlReport, markdownReport, type MeasuredBaseline, svgSummary } from '@meshwright/report';
import { findBaseline } from '../baselines/find.ts';
import { readInput } from '../read-input.ts';
import { escapeText } from '@meshwright/wording';
import { readBaseline } from '../report/baseline-schema.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** Twenty blocks have less than a megabyte. */
const mostBytes = 64 * 1024 ** 2;

/** `meshwright report --input <file>`. */
export function createReportCommand(session: Session): CommandUnknownOpts {
  const command = new Command('report')
    .summary('write a report of a comparison')
    .description(
      'Makes a report of a baseline of the results database, or of what `meshwright measure --json` printed: one HTML page ' +
        'without scripts or outside resources, Markdown for a pull request, or a picture. Without one of them the Markdown ' +
        'is printed, otherwise the verdict in a sentence. With --input it needs neither a server nor a configuration.',
    )
    .argument('[baseline]', 'the id of a baseline, or how it begins')
    .option('--input <file>', 'a comparison instead; - for standard input')
    .option('--html <file>', 'write a page with all figures and pictures')
    .option('--markdown <file>', 'write GitHub Flavored Markdown')
    .option('--svg <file>', 'write a picture with the verdict')
    .action(async (id, { input, html, markdown, svg }) => {
      const baseline = await find(session, { id, input });
      const files = [
        ...(html === undefined ? [] : [{ file: html, text: htmlReport(baseline) }]),
        ...(markdown === undefined ? [] : [{ file: markdown, text: markdownReport(baseline) }]),
        ...(svg === undefined ? [] : [{ file: svg, text: svgSummary(baseline) }]),
      ];
      for (const { file, text } of files) await write(resolve(session.host.cwd, file), text);
      const sentence = headline(baseline);
      const verdict = baseline.status.judgement?.verdict;
      const written = files.map(({ file }) => file);
      if (session.options.json) session.printJson({ verdict, sentence, files: written });
      else if (files.length === 0) session.print([markdownReport(baseline).trimEnd()]);
      else session.print([escapeText(sentence), ...written.map((file) => `written: ${escapeText(file)}`)]);
    });
  return withExamples(command, [
    ['meshwright report 0198f3a2 --html report.html', 'a page to read and to send'],
    ['meshwright report --input baseline.json >> "$GITHUB_STEP_SUMMARY"', 'in a pipeline'],
    ['meshwright measure --a … --b … --json | meshwright report --input - --svg verdict.svg', 'a picture'],
  ]);
}

async function find(
  session: Session,
  { id, input }: { id: string | undefined; input: string | undefined },
): Promise<MeasuredBaseline> {
  if ((id === undefined) === (input === undefined)) {
    throw new MeshwrightError('INVALID_INPUT', 'A report is of one baseline: its id, or --input.', {
      remedy: 'Run `meshwright baselines` for those there are.',
    });
  }
  if (input !== undefined) return read(session, input);
  const store = await session.results();
  const summary = await findBaseline(store, id ?? '');
  const record = await store.get(summary.id);
  if (record !== undefined) return record;
  throw new MeshwrightError('INVALID_INPUT', `The baseline ${summary.id} has just been removed.`);
}

async function read(session: Session, input: string): Promise<MeasuredBaseline> {
  const bytes = await readInput(session.host, input, mostBytes);
  try {
    return readBaseline(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (!(error instanceof MeshwrightError)) throw error;
    const where = input === '-' ? 'the standard input' : input;
    throw new MeshwrightError(error.code, `${where}: ${error.message}`, error.details);
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `${file} cannot be written: ${messageOf(error)}`,
      { remedy: 'Name a file in a directory that exists and that you may write to.' },
      { cause: error },
    );
  }
}
