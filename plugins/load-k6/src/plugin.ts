import { Arrivals, LatencyClock, LoadProtocol, type LoadRequest, type LoadResult } from '@meshwright/model';
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
import { readResult } from './result.ts';
import { filesFor, scriptName } from './script.ts';

const program = 'k6';

/**
 * k6 with its executor for a constant rate of arrivals: each connection is a virtual user, and a request whose turn comes while
 * none is free is left out. Latencies start when the request is sent, and a late send is not told
 * (k6's documentation, Open and closed models). HTTP/2 is what TLS may come to, and cannot be asked for.
 */
export const k6: LoadPlugin = {
  id: 'k6',
  title: 'k6',
  capabilities: {
    protocols: [LoadProtocol.http1, LoadProtocol.grpc],
    arrivals: [Arrivals.uniform],
    clock: LatencyClock.sent,
  },
  unavailable: (context) => missingProgram(program, 'https://k6.io', context),
  run,
  read: readResult,
};

async function run(request: LoadRequest, context: LoadContext): Promise<LoadResult> {
  refuseUnable(k6, request);
  await requireAvailable(k6, context);
  const { endpoint, warmUpSeconds, seconds } = request;
  const about = await runGenerator(program, ['version'], context, endpoint);
  const version = /\bv(\d[^\s,)]*)/.exec(about.stdout)?.[1] ?? 'unknown';
  const args = ['run', '--quiet', '--no-color', '--no-usage-report', scriptName];
  const ended = await runGenerator(program, args, context, {
    address: endpoint.address,
    files: filesFor(request, version),
  });
  const result = readResult(ended.stdout);
  requireReached(result, endpoint.address);
  return { ...result, invalid: [...result.invalid, ...starvation(ended, warmUpSeconds + seconds)] };
}
