import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Judgement, MeshwrightError, messageOf, Verdict } from '@meshwright/model';
import { judge } from '@meshwright/statistics';
import { ExitCode } from '../exit-code.ts';
import { readComparison } from '../judge/comparison-schema.ts';
import { type Line, linesOf } from '../judge/lines.ts';
import { errorToJson } from '../render/errors.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** A comparison of 16 blocks with histograms has about a megabyte. */
const mostBytes = 16 * 1024 ** 2;

/** `meshwright judge --input <file>`. */
export function createJudgeCommand(session: Session): CommandUnknownOpts {
  const command = new Command('judge')
    .summary('judge recorded trials')
    .description(
      'Reads comparisons, one as JSON a line, and prints for each its verdict as JSON on a line, in the same order. It needs ' +
        'neither a server nor a configuration. A line that is no comparison gives an error in its place, and the exit ' +
        'code 2 at the end; the other lines are judged all the same.',
    )
    .requiredOption('--input <file>', 'the comparisons; - for standard input')
    .option('--fail-on-regression', 'end with the exit code 1 when a comparison has regressed', false)
    .action(async ({ input, failOnRegression }) => {
      session.end(await judgeAll(session, input, failOnRegression));
    });
  return withExamples(command, [
    ['meshwright judge --input trials.jsonl', 'a verdict for every line'],
    ['meshwright judge --input - --fail-on-regression < trials.jsonl', 'in a pipeline'],
  ]);
}

async function judgeAll(session: Session, input: string, failOnRegression: boolean): Promise<ExitCode> {
  let comparisons = 0;
  let malformed = 0;
  let regressed = 0;
  for await (const line of openInput(session, input)) {
    if (line.text?.trim() === '') continue;
    comparisons += 1;
    const answer = judgeLine(line);
    if ('error' in answer) {
      malformed += 1;
      session.tell([`${input === '-' ? 'line ' : `${input}:`}${line.number}: ${answer.error.message}`]);
    } else if (answer.verdict === Verdict.regressed) regressed += 1;
    session.host.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  if (comparisons === 0) {
    // A pipeline that judged nothing must not look like one in which everything passed.
    throw new MeshwrightError(
      'INVALID_INPUT',
      `There is no comparison in ${input === '-' ? 'the standard input' : input}.`,
    );
  }
  if (malformed > 0) return ExitCode.invalid;
  return failOnRegression && regressed > 0 ? ExitCode.failed : ExitCode.done;
}

type Answer = Judgement | ({ line: number } & ReturnType<typeof errorToJson>);

function judgeLine({ number, text }: Line): Answer {
  try {
    if (text === undefined) {
      throw new MeshwrightError('INVALID_INPUT', `It is longer than ${mostBytes / 1024 ** 2} MiB.`);
    }
    return judge(readComparison(text));
  } catch (error) {
    return { line: number, ...errorToJson(error) };
  }
}

async function* openInput({ host }: Session, input: string): AsyncGenerator<Line, void> {
  const stream = input === '-' ? host.stdin() : createReadStream(resolve(host.cwd, input));
  try {
    yield* linesOf(stream, mostBytes);
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `${input} cannot be read: ${messageOf(error)}`,
      { remedy: '--input names a file with one comparison a line; - is standard input.' },
      { cause: error },
    );
  }
}
