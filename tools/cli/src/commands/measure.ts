import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { type BaselineInput, Verdict } from '@meshwright/model';
import { ExitCode } from '../exit-code.ts';
import { comparingCommand, comparisonOf } from '../measuring/comparing.ts';
import { blockLine, verdictLines } from '../measuring/lines.ts';
import { measure } from '../measuring/run.ts';
import { createProgress } from '../preview/progress.ts';
import { escapeText } from '@meshwright/wording';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright measure --a <address> --b <address>`. */
export function createMeasureCommand(session: Session): CommandUnknownOpts {
  const command = measuring().action(async ({ failOnRegression, ...options }) => {
    const input = await comparisonOf(session, options);
    if (input === undefined) {
      session.end(ExitCode.invalid);
      return;
    }
    const status = await follow(session, input);
    const verdict = status.judgement?.verdict;
    if (session.options.json) session.printJson({ input, status });
    else session.print(verdictLines(status, session.view().style));
    session.end(failOnRegression && verdict === Verdict.regressed ? ExitCode.failed : ExitCode.done);
  });
  return withExamples(command, [
    ['meshwright measure --a http://shop-v1:8080/ --b http://shop-v2:8080/', 'is B slower than A?'],
    [
      'meshwright measure --generator fortio --arrivals uniform --probe local/checkout/app=client --a … --b …',
      'from inside the mesh',
    ],
    ['meshwright measure --profile performance/checkout.yaml --a … --b …', 'as a profile says'],
    ['meshwright measure --a … --b … --limit p99=5% --fail-on-regression', 'in a pipeline'],
    ['meshwright measure --a … --b … --json > baseline.json', 'to look at it later'],
  ]);
}

function measuring() {
  return comparingCommand('measure')
    .summary('measure two addresses and compare them')
    .description(
      'Sends the same load to two addresses, in blocks of one trial each in drawn order, until a verdict is certain or there ' +
        'are as many blocks as there may be. A load agent sends: the one of the standalone process is named local. With ' +
        '--probe a pod of a cluster sends, such as one with `fortio server`, so that the load goes through its sidecar. The ' +
        'run is a workflow: it goes on where a worker dies, and can be read in the Temporal UI. Ctrl-C cancels it.',
    )
    .option('--name <name>', 'how the run is called; by-hand, or as the profile')
    .option('--fail-on-regression', 'end with the exit code 1 when B has regressed', false);
}

async function follow(session: Session, input: BaselineInput) {
  const progress = createProgress(session);
  const told = { blocks: 0, noCost: false };
  try {
    return await measure(await session.temporal(), input, {
      signal: session.host.interrupted,
      tell(status) {
        progress.clear();
        const { style } = session.view();
        for (; told.blocks < status.blocks.length; told.blocks += 1) {
          const block = status.blocks[told.blocks];
          if (block === undefined) continue;
          session.tell([blockLine(block, told.blocks, status, style)]);
          const noCost = block.a.noCost ?? block.b.noCost;
          if (noCost === undefined || told.noCost) continue;
          told.noCost = true;
          session.tell([`What it costs is not all known: ${escapeText(noCost)}`]);
        }
        if (status.waitingFor !== undefined) progress.show(status.waitingFor);
      },
    });
  } finally {
    progress.clear();
  }
}
