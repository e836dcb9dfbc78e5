import { LoadProtocol, type LoadRequest } from '@meshwright/model';

/**
 * What `nighthawk_client` is called with, for so many seconds. In an open loop, requests that find no free connection wait in a
 * queue; it holds as many as are due within a time-out, and those that find it full are left out and counted. One worker, since
 * each would send at the whole rate.
 */
export function argumentsFor(request: LoadRequest, seconds: number): string[] {
  const { endpoint, rate, connections, timeoutSeconds } = request;
  const queue = String(Math.max(connections, Math.ceil(rate * timeoutSeconds)));
  return [
    '--open-loop',
    // With them it would end at the first error.
    '--no-default-failure-predicates',
    ...['--concurrency', '1'],
    ...['--rps', String(rate)],
    ...['--connections', String(connections)],
    ...['--duration', String(Math.ceil(seconds))],
    ...['--timeout', String(Math.ceil(timeoutSeconds))],
    ...['--max-pending-requests', queue],
    ...['--max-active-requests', queue],
    ...['--output-format', 'json'],
    ...['--protocol', endpoint.protocol === LoadProtocol.http2 ? 'http2' : 'http1'],
    ...['--request-method', endpoint.method ?? 'GET'],
    ...Object.entries(endpoint.headers ?? {}).flatMap(([name, value]) => [
      '--request-header',
      `${name}: ${value}`,
    ]),
    ...['--', endpoint.address],
  ];
}
