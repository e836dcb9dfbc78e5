import type { LoadRequest } from '@meshwright/model';
import { trendStatistics } from './percentiles.ts';

/** The name of the script that k6 runs. */
export const scriptName = 'trial.js';

/**
 * The files of a trial: the script, which is the same for all and holds no value of any, what is asked for as JSON, and the
 * message of the health service. `version` is that of k6, which does not tell it to its scripts.
 */
export function filesFor(request: LoadRequest, version: string): Record<string, string> {
  return {
    [scriptName]: script,
    'trial.json': JSON.stringify({ request, version, trendStatistics }),
    'health.proto': healthService,
  };
}

/** What the health service of every gRPC server answers to (grpc/grpc, doc/health-checking.md). */
const healthService = `syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
`;

/**
 * One scenario holds warm-up and measurement, so that what is measured finds its connections open; a tag tells them apart, and
 * its threshold, which always holds, makes k6 keep a metric for the tag. Counters have to exist before the first request, hence
 * one for each status. 1050 is k6's code for a time-out (its documentation, Error codes).
 */
const script = `import exec from 'k6/execution';
import grpc from 'k6/net/grpc';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const { request, version, trendStatistics } = JSON.parse(open('./trial.json'));
const { endpoint, rate, connections, warmUpSeconds, seconds, timeoutSeconds } = request;
const isGrpc = endpoint.protocol === 'grpc';
const timeout = Math.round(timeoutSeconds * 1000) + 'ms';
const latency = (isGrpc ? 'grpc_req_duration' : 'http_req_duration') + '{phase:measured}';

export const options = {
  scenarios: {
    trial: {
      executor: 'constant-arrival-rate',
      rate: Math.round(rate * 1000),
      timeUnit: '1000s',
      duration: Math.round((warmUpSeconds + seconds) * 1000) + 'ms',
      preAllocatedVUs: connections,
      maxVUs: connections,
      gracefulStop: Math.round(timeoutSeconds * 1000 + 1000) + 'ms',
    },
  },
  thresholds: { [latency]: ['max>=0'] },
  summaryTrendStats: trendStatistics,
  systemTags: ['scenario'],
  discardResponseBodies: true,
};

const sent = new Counter('trial_sent');
const otherProtocol = new Counter('trial_other_protocol');
const failures = {};
function count(failure) {
  failures[failure] = new Counter('trial_failed_' + failure);
}
for (const failure of ['timeout', 'connection', 'status_other']) count(failure);
for (let status = 400; status < 600; status += 1) count('status_' + status);
for (let code = 1; code <= 16; code += 1) count('grpc_status_' + code);

const client = isGrpc ? new grpc.Client() : undefined;
if (isGrpc) client.load([], 'health.proto');
let connected = false;

export default function () {
  const measured = Date.now() - exec.scenario.startTime >= warmUpSeconds * 1000;
  const tags = { phase: measured ? 'measured' : 'warm-up' };
  if (measured) sent.add(1);
  const failure = isGrpc ? askHealth(tags) : ask(tags);
  if (measured && failure !== undefined) (failures[failure] || failures.status_other).add(1);
}

function ask(tags) {
  const answer = http.request(endpoint.method || 'GET', endpoint.address, endpoint.body, {
    headers: endpoint.headers || {},
    redirects: 0,
    timeout,
    tags,
  });
  if (answer.status === 0) return answer.error_code === 1050 ? 'timeout' : 'connection';
  if (answer.proto !== 'HTTP/1.1') otherProtocol.add(1);
  return answer.status < 400 ? undefined : 'status_' + answer.status;
}

function askHealth(tags) {
  try {
    if (!connected) {
      const address = endpoint.address.replace(/^https?:\\/\\//, '');
      connected = client.connect(address, { plaintext: !endpoint.address.startsWith('https:'), timeout });
    }
    const metadata = endpoint.headers || {};
    const message = { service: endpoint.service || '' };
    const answer = client.invoke('grpc.health.v1.Health/Check', message, { metadata, timeout, tags });
    if (answer.status === grpc.StatusOK) return undefined;
    return answer.status === grpc.StatusDeadlineExceeded ? 'timeout' : 'grpc_status_' + answer.status;
  } catch (error) {
    return 'connection';
  }
}

export function handleSummary({ metrics, state }) {
  const countOf = (name) => (metrics[name] === undefined ? 0 : metrics[name].values.count);
  const failed = {};
  for (const failure of Object.keys(failures)) {
    const times = countOf('trial_failed_' + failure);
    if (times > 0) failed[failure] = times;
  }
  const result = {
    version,
    startedAt: Date.now() - state.testRunDurationMs,
    rate,
    seconds,
    sent: countOf('trial_sent'),
    dropped: countOf('dropped_iterations'),
    otherProtocol: countOf('trial_other_protocol'),
    failed,
    latency: metrics[latency] === undefined ? {} : metrics[latency].values,
  };
  return { stdout: JSON.stringify(result) };
}
`;
