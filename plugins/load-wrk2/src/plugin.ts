import {
  Arrivals,
  LatencyClock,
  LoadProtocol,
  type LoadRequest,
  type LoadResult,
  MeshwrightError,
} from '@meshwright/model';
import {
  type LoadContext,
  type LoadPlugin,
  refuseUnable,
  requireReached,
  runGenerator,
  starvation,
} from '@meshwright/plugin-sdk';
import { argumentsFor, durationOf, filesFor } from './arguments.ts';
import { findWrk2 } from './program.ts';
import { readResult, resultOf } from './result.ts';

/** Ten seconds, and five milliseconds for each connection of a thread (giltene/wrk2, src/wrk.c, thread_main). */
const calibrationSeconds = 11;

/** wrk2: the latency of a request starts when its connection should have sent it. */
export const wrk2: LoadPlugin = {
  id: 'wrk2',
  title: 'wrk2',
  capabilities: {
    protocols: [LoadProtocol.http1],
    arrivals: [Arrivals.uniform],
    clock: LatencyClock.intended,
    wholeNumbers: true,
    leastWarmUpSeconds: calibrationSeconds,
    trustsAnyCertificate: true,
  },
  async unavailable(context) {
    const found = await findWrk2(context);
    return 'missing' in found ? found.missing : undefined;
  },
  run,
  read: readResult,
};

async function run(request: LoadRequest, context: LoadContext): Promise<LoadResult> {
  refuseUnable(wrk2, request);
  refuseIdle(request);
  const found = await findWrk2(context);
  if ('missing' in found) throw new MeshwrightError('LOAD_UNAVAILABLE', found.missing);
  const { endpoint, rate } = request;
  const startedAt = Date.now();
  const ended = await runGenerator(found.program, argumentsFor(request), context, {
    address: endpoint.address,
    files: filesFor(request),
  });
  const result = resultOf(ended.stdout, { version: found.version, startedAt, rate });
  requireReached(result, endpoint.address);
  return { ...result, invalid: [...result.invalid, ...starvation(ended, durationOf(request))] };
}

/** It counts a connection as timed out that has sent nothing for so long, also when nothing was due. */
function refuseIdle({ rate, connections, timeoutSeconds }: LoadRequest): void {
  if (connections / rate < timeoutSeconds) return;
  throw new MeshwrightError(
    'INVALID_INPUT',
    `wrk2 cannot run this trial: each of ${connections} connections sends less than once in the ${timeoutSeconds} s of a time-out, and would be taken for timed out.`,
    { remedy: 'Ask for fewer connections, a greater rate or a longer time-out, or for another generator.' },
  );
}
