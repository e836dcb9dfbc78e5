import { LoadProtocol, type LoadRequest } from '@meshwright/model';
import type { FortioRun } from './arguments.ts';

/** Stops whatever a resident Fortio runs. */
export const stopPath = '/fortio/rest/stop';

/**
 * The address at which a resident `fortio server` runs a trial and answers with its result when it has ended
 * (fortio.org/fortio, rapi/restHandler.go, RESTRunHandler). The same choices as on its command line.
 */
export function runPath(request: LoadRequest, { seconds, resolutionSeconds }: FortioRun): string {
  const { endpoint, rate, connections, timeoutSeconds } = request;
  const { protocol, address, method, headers = {}, body } = endpoint;
  const query = new URLSearchParams({
    ...runnerOf(protocol, address),
    qps: String(rate),
    c: String(connections),
    t: `${seconds}s`,
    timeout: `${timeoutSeconds}s`,
    r: String(resolutionSeconds),
    uniform: 'on',
    nocatchup: 'on',
    ...(protocol === LoadProtocol.http2 ? { h2: 'on', stdclient: 'on' } : {}),
    ...(method === undefined ? {} : { X: method }),
    ...(body === undefined ? {} : { payload: body }),
  });
  for (const [name, value] of Object.entries(headers)) query.append('H', `${name}:${value}`);
  return `/fortio/rest/run?${query.toString()}`;
}

function runnerOf(protocol: LoadProtocol, address: string): { runner: string; url: string } {
  if (protocol === LoadProtocol.tcp) return { runner: 'tcp', url: `tcp://${address}` };
  if (protocol === LoadProtocol.grpc) return { runner: 'grpc', url: address };
  return { runner: 'http', url: address };
}
