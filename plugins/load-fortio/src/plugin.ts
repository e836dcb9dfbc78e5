import { Arrivals, LatencyClock, LoadProtocol, type LoadRequest, type LoadResult } from '@meshwright/model';
import {
  type LoadContext,
  type LoadPlugin,
  missingProgram,
  refuseUnable,
  requireAvailable,
  requireReached,
  type ResidentPort,
  runGenerator,
  starvation,
} from '@meshwright/plugin-sdk';
import { argumentsFor, type FortioRun, runsOf, warmUpOf } from './arguments.ts';
import { runPath, stopPath } from './resident.ts';
import { readResult, together } from './result.ts';

const program = 'fortio';
/** What a resident Fortio may take beside the load: to connect, and to give its result. */
const marginSeconds = 15;

/** Fortio, as a program on the machine of the agent, or resident in a pod (`fortio server`). */
export const fortio: LoadPlugin = {
  id: 'fortio',
  title: 'Fortio',
  capabilities: {
    protocols: Object.values(LoadProtocol),
    arrivals: [Arrivals.uniform],
    clock: LatencyClock.sent,
    resident: true,
  },
  async unavailable(context) {
    return context.resident === undefined
      ? missingProgram(program, 'https://fortio.org', context)
      : undefined;
  },
  run,
  read: readResult,
};

async function run(request: LoadRequest, context: LoadContext): Promise<LoadResult> {
  refuseUnable(fortio, request);
  await requireAvailable(fortio, context);
  const load = context.resident === undefined ? loadByProgram : loadFrom(context.resident);
  // It has no warm-up of its own: a run of its own comes before.
  if (request.warmUpSeconds > 0) await load(request, warmUpOf(request), context);
  const [first, ...others] = runsOf(request);
  if (first === undefined) throw new Error('A trial has at least one run.');
  const loaded: [Loaded, ...Loaded[]] = [await load(request, first, context)];
  for (const each of others) loaded.push(await load(request, each, context));
  const [begin, ...rest] = loaded;
  const result = together([begin.result, ...rest.map((each) => each.result)]);
  requireReached(result, request.endpoint.address);
  return { ...result, invalid: [...result.invalid, ...new Set(loaded.flatMap(({ invalid }) => invalid))] };
}

/** A result, and what else makes its trial invalid. */
interface Loaded {
  result: LoadResult;
  invalid: readonly string[];
}

async function loadByProgram(request: LoadRequest, run: FortioRun, context: LoadContext): Promise<Loaded> {
  const ended = await runGenerator(program, argumentsFor(request, run), context, request.endpoint);
  return { result: readResult(ended.stdout), invalid: starvation(ended, run.seconds) };
}

function loadFrom(resident: ResidentPort) {
  return async (request: LoadRequest, run: FortioRun, { signal }: LoadContext): Promise<Loaded> => {
    try {
      const timeoutSeconds = run.seconds + request.timeoutSeconds + marginSeconds;
      const answer = await resident.get(runPath(request, run), { timeoutSeconds, signal });
      return { result: readResult(answer), invalid: [] };
    } catch (error) {
      // It would go on sending although nobody waits for the result any more.
      if (signal.aborted) await resident.get(stopPath, { timeoutSeconds: marginSeconds });
      throw error;
    }
  };
}
