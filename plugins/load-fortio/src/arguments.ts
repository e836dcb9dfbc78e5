import { LoadProtocol, type LoadRequest } from '@meshwright/model';

/** One run of Fortio: how long, and how wide the narrowest buckets of its histogram are. */
export interface FortioRun {
  seconds: number;
  resolutionSeconds: number;
}

/** A tenth of a millisecond. */
const finest = 0.0001;
/** Fortio's buckets are up to a quarter wide (stats.histogramBucketValues). */
const widest = 1.25;
/** As often as a trial is divided where its parts stay long enough. */
const mostRuns = 4;
const shortestSeconds = 0.5;
/** A trial that sends a hundredth less than was asked for is not valid. */
const mostLoss = 0.005;

/**
 * A trial as several runs, the bounds of whose buckets lie between each other's, and elsewhere for another seed: what moves
 * within a bucket of one is seen by another. A difference of a few percent would be none, or a quarter, in a single run.
 */
export function runsOf(request: LoadRequest): FortioRun[] {
  const { seconds, seed } = request;
  const most = Math.min(mostRuns, Math.floor(seconds / shortestSeconds));
  const runs = [mostRuns, 3, 2].find((count) => count <= most && lossOf(request, count) <= mostLoss) ?? 1;
  // The golden ratio: any number of seeds lie well apart.
  const begin = (seed * 0.618_033_988_75) % 1;
  return Array.from({ length: runs }, (_, place) => ({
    seconds: seconds / runs,
    resolutionSeconds: Number((finest * widest ** ((place + begin) / runs)).toPrecision(6)),
  }));
}

/** What of the requests falls away: Fortio gives each connection the same whole number of them (periodic.Run). */
function lossOf({ rate, seconds, connections }: LoadRequest, runs: number): number {
  const requests = (rate * seconds) / runs;
  return 1 - (Math.floor(requests / connections) * connections) / requests;
}

/** A run that is not measured. */
export function warmUpOf({ warmUpSeconds }: LoadRequest): FortioRun {
  return { seconds: warmUpSeconds, resolutionSeconds: finest };
}

/**
 * What `fortio` is called with. Without catching up, what could not be sent in time is left out and missing in the rate,
 * instead of being sent in a burst; evenly, so that the connections do not send all at once.
 */
export function argumentsFor(request: LoadRequest, { seconds, resolutionSeconds }: FortioRun): string[] {
  const { endpoint, rate, connections, timeoutSeconds } = request;
  return [
    'load',
    '-quiet',
    ...['-json', '-'],
    ...['-qps', String(rate)],
    ...['-c', String(connections)],
    ...['-t', `${seconds}s`],
    ...['-timeout', `${timeoutSeconds}s`],
    ...['-r', String(resolutionSeconds)],
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
