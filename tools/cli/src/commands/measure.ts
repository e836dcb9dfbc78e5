import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import {
  Arrivals,
  type BaselineInput,
  LoadProtocol,
  MeshwrightError,
  MetricName,
  Verdict,
} from '@meshwright/model';
import { baselineInputOf } from '@meshwright/pattern';
import { ExitCode } from '../exit-code.ts';
import { inputByHand, parseCount } from '../measuring/by-hand.ts';
import { parseLimit } from '../measuring/limits.ts';
import { blockLine, verdictLines } from '../measuring/lines.ts';
import { parseProbe } from '../measuring/probe.ts';
import { readProfileFile } from '../measuring/profile.ts';
import { measure } from '../measuring/run.ts';
import { createProgress } from '../preview/progress.ts';
import { escapeText } from '../render/text.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { parseSeconds } from './seconds.ts';

/** `meshwright measure --a <address> --b <address>`. */
export function createMeasureCommand(session: Session): CommandUnknownOpts {
  const command = measuring().action(async ({ failOnRegression, ...options }) => {
    const input = await inputOf(session, options);
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
  return new Command('measure')
    .summary('measure two addresses and compare them')
    .description(
      'Sends the same load to two addresses, in blocks of one trial each in drawn order, until a verdict is certain or there ' +
        'are as many blocks as there may be. A load agent sends: the one of the standalone process is named local. With ' +
        '--probe a pod of a cluster sends, such as one with `fortio server`, so that the load goes through its sidecar. The ' +
        'run is a workflow: it goes on where a worker dies, and can be read in the Temporal UI. Ctrl-C cancels it.',
    )
    .requiredOption('--a <address>', 'without the change')
    .requiredOption('--b <address>', 'with the change')
    .addOption(
      new Option('--protocol <protocol>', 'what is spoken')
        .choices(Object.values(LoadProtocol))
        .default('http1'),
    )
    .option('--rate <n>', 'requests a second', parseCount, 150)
    .option('--connections <n>', 'how many carry them', parseCount, 8)
    .option('--seconds <n>', 'how long a trial measures', parseSeconds, 20)
    .option('--warm-up <seconds>', 'load before that, not measured', parseSeconds, 5)
    .option(
      '--request-timeout <seconds>',
      'a request without an answer for so long is an error',
      parseSeconds,
      5,
    )
    .addOption(
      new Option('--arrivals <kind>', 'how requests are spread')
        .choices(Object.values(Arrivals))
        .default('poisson'),
    )
    .option(
      '--limit <metric=share>',
      'how much worse is too much, such as p99=10% or, of the processor time of proxies, cpu=10%; may be repeated',
      parseLimit,
    )
    .option('--generator <id>', 'the load generator', 'builtin')
    .option('--agent <name>', 'the load agent', 'local')
    .option(
      '--probe <cluster/namespace/labels:port>',
      'a pod with a generator sends instead of an agent',
      parseProbe,
    )
    .addOption(
      new Option('--profile <file>', 'the load and the limits, instead of the options for them').conflicts(
        ofProfile,
      ),
    )
    .option('--endpoint <name>', 'of the profile, where it has several')
    .option('--name <name>', 'how the run is called; by-hand, or as the profile')
    .option('--seed <n>', 'for everything that is drawn', parseCount, 1)
    .option('--fail-on-regression', 'end with the exit code 1 when B has regressed', false);
}

/** What a profile says by itself. */
const ofProfile = [
  'protocol',
  'rate',
  'connections',
  'seconds',
  'warmUp',
  'requestTimeout',
  'arrivals',
  'limit',
  'generator',
];

type Options = Omit<ReturnType<ReturnType<typeof measuring>['opts']>, 'failOnRegression'>;

async function inputOf(session: Session, options: Options): Promise<BaselineInput | undefined> {
  const { profile, endpoint, a, b, agent, probe, seed, name, limit } = options;
  if (probe === undefined && limit?.some((metric) => metric.name === MetricName.cpu) === true) {
    throw new MeshwrightError('INVALID_INPUT', 'What proxies use is measured where a pod sends.', {
      remedy: 'Name the pod with --probe, or leave the limit of cpu out.',
    });
  }
  const addresses = { a, b };
  if (profile === undefined) return inputByHand({ ...options, addresses, name: name ?? 'by-hand' });
  const read = await readProfileFile(session, profile);
  if (read === undefined) return undefined;
  const optional = {
    ...(probe === undefined ? {} : { probe }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(name === undefined ? {} : { name }),
  };
  const { input, unmeasured } = baselineInputOf(read, { agent, addresses, seed, ...optional });
  if (unmeasured.length > 0) session.tell([`Not measured between two addresses: ${unmeasured.join(', ')}.`]);
  return input;
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
