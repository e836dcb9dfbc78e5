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
  missingProgram,
  refuseUnable,
  requireAvailable,
  requireReached,
  runGenerator,
  starvation,
} from '@meshwright/plugin-sdk';
import { argumentsFor } from './arguments.ts';
import { readResult } from './result.ts';

const program = 'nighthawk_client';
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'];

/**
 * Nighthawk in an open loop: latencies start when the rate releases a request, whatever the server does. A worker that has no
 * processor releases late, and that time is not in them; the trial is not valid then.
 * Over HTTP/2 it opens one connection for all requests, whatever is asked for.
 */
export const nighthawk: LoadPlugin = {
  id: 'nighthawk',
  title: 'Nighthawk',
  capabilities: {
    protocols: [LoadProtocol.http1, LoadProtocol.http2],
    arrivals: [Arrivals.uniform],
    clock: LatencyClock.intended,
    wholeNumbers: true,
    trustsAnyCertificate: true,
  },
  unavailable: (context) => missingProgram(program, 'https://github.com/envoyproxy/nighthawk', context),
  run,
  read: readResult,
};

async function run(request: LoadRequest, context: LoadContext): Promise<LoadResult> {
  refuseUnable(nighthawk, request);
  refuseOwnContent(request);
  await requireAvailable(nighthawk, context);
  const { endpoint, warmUpSeconds, seconds } = request;
  // It has no warm-up of its own: a run of its own comes before.
  if (warmUpSeconds > 0) await runGenerator(program, argumentsFor(request, warmUpSeconds), context, endpoint);
  const ended = await runGenerator(program, argumentsFor(request, seconds), context, endpoint);
  const result = readResult(ended.stdout);
  requireReached(result, endpoint.address);
  return { ...result, invalid: [...result.invalid, ...starvation(ended, seconds)] };
}

/** It sends bodies of a given size only, not of given content. */
function refuseOwnContent({ endpoint: { method = 'GET', body } }: LoadRequest): void {
  if (body === undefined && methods.includes(method)) return;
  const what = body === undefined ? `the method ${method}` : 'a given body';
  throw new MeshwrightError('INVALID_INPUT', `Nighthawk cannot run this trial: it does not send ${what}.`, {
    remedy: `Ask for ${methods.join(', ')} without a body, or for another generator.`,
  });
}
