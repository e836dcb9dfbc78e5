import { Command, Option } from '@commander-js/extra-typings';
import { Arrivals, type BaselineInput, LoadProtocol, MeshwrightError, MetricName } from '@meshwright/model';
import { baselineInputOf } from '@meshwright/pattern';
import { parseSeconds, parseSecondsOrNone } from '../commands/seconds.ts';
import type { Session } from '../session.ts';
import { type ByHand, inputByHand, parseCount } from './by-hand.ts';
import { parseLimit } from './limits.ts';
import { parseProbe } from './probe.ts';
import { readProfileFile } from './profile.ts';

/** What the options of {@link comparingCommand} come to. */
export interface ComparingOptions extends Omit<ByHand, 'name' | 'addresses'> {
  a: string;
  b: string;
  profile?: string | undefined;
  endpoint?: string | undefined;
}

/** A command with the options that say what is compared, and how. (Commander takes no interface for them: `Pick` makes it a plain type.) */
export function comparingCommand(name: string): Command<[], Pick<ComparingOptions, keyof ComparingOptions>> {
  return new Command(name)
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
    .option('--warm-up <seconds>', 'load before that, not measured', parseSecondsOrNone, 5)
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
    .option('--seed <n>', 'for everything that is drawn', parseCount, 1);
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

/**
 * The comparison that the options ask for; undefined where they name a profile that is not valid, which was told then.
 * @throws MeshwrightError INVALID_INPUT
 */
export async function comparisonOf(
  session: Session,
  options: ComparingOptions & { name?: string },
): Promise<BaselineInput | undefined> {
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
