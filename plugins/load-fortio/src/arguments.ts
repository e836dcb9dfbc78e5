import { LoadProtocol, type LoadRequest } from '@meshwright/model';

/** A tenth of a millisecond: with a finer one, the widest buckets below 10 ms would be a millisecond wide again. */
export const resolutionSeconds = '0.0001';

/**
 * What `fortio` is called with. Without catching up, what could not be sent in time is left out and missing in the rate,
 * instead of being sent in a burst; evenly, so that the connections do not send all at once.
 */
export function argumentsFor(request: LoadRequest, seconds: number): string[] {
  const { endpoint, rate, connections, timeoutSeconds } = request;
  return [
    'load',
    '-quiet',
    ...['-json', '-'],
    ...['-qps', String(rate)],
    ...['-c', String(connections)],
    ...['-t', `${seconds}s`],
    ...['-timeout', `${timeoutSeconds}s`],
    ...['-r', resolutionSeconds],
    '-uniform',
    '-nocatchup',
    '-allow-initial-errors',
    ...Object.entries(endpoint.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}:${value}`]),
    ...(endpoint.body === undefined ? [] : ['-payload', endpoint.body]),
    ...protocolArguments(endpoint),
  ];
}

function protocolArguments({ protocol, address, method, service = '' }: LoadRequest['endpoint']): string[] {
  const verb = method === undefined ? [] : ['-X', method];
  switch (protocol) {
    case LoadProtocol.http1:
      return [...verb, address];
    case LoadProtocol.http2:
      return ['-h2', ...verb, address];
    case LoadProtocol.grpc:
      return ['-grpc', '-health', '-healthservice', service, address];
    case LoadProtocol.tcp:
      return [`tcp://${address}`];
  }
}
