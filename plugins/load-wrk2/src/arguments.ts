import type { LoadRequest } from '@meshwright/model';

const scriptName = 'request.lua';

/**
 * wrk2 takes method and body from a Lua script alone. This one is the same for all requests and reads both from files beside
 * it.
 */
const script = `local function content(name)
  local file = assert(io.open(name, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end
wrk.method = content("method")
wrk.body = content("body")
`;

/**
 * What wrk2 is called with. `--u_latency` adds the latencies from the actual send. Connections are shared out among threads, so
 * that two threads take an even number of them.
 */
export function argumentsFor(request: LoadRequest): string[] {
  const { endpoint, rate, connections, timeoutSeconds } = request;
  return [
    ...['-t', String(connections % 2 === 0 ? 2 : 1)],
    ...['-c', String(connections)],
    ...['-d', `${durationOf(request)}s`],
    ...['-R', String(rate)],
    ...['--timeout', `${Math.ceil(timeoutSeconds)}s`],
    '--latency',
    '--u_latency',
    // It leaves out headers without this blank.
    ...Object.entries(endpoint.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(needsScript(request) ? ['-s', scriptName] : []),
    ...['--', endpoint.address],
  ];
}

/** The files that go with the arguments. */
export function filesFor(request: LoadRequest): Record<string, string> {
  const { method = 'GET', body = '' } = request.endpoint;
  return needsScript(request) ? { [scriptName]: script, method, body } : {};
}

/** Warm-up and measurement in one run, in whole seconds. */
export function durationOf({ warmUpSeconds, seconds }: LoadRequest): number {
  return Math.ceil(warmUpSeconds) + seconds;
}

function needsScript({ endpoint }: LoadRequest): boolean {
  return endpoint.method !== undefined || endpoint.body !== undefined;
}
