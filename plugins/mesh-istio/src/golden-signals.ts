import { MeshMode } from '@meshwright/model';
import {
  type GoldenQueries,
  type GoldenSignals,
  latencyQueries,
  requestQueries,
  resourceQueries,
  sidecarSelector,
} from '@meshwright/plugin-sdk';
import { proxyContainer, systemNamespace } from './names.ts';

/**
 * Istio's standard metrics (istio.io, "Istio Standard Metrics"), containers as cAdvisor counts them, and istiod's own.
 * Istio's buckets of latency are coarse (… 5, 10, 25, 50 ms …): percentiles are good for a look, and no gate judges them.
 *
 * A request is counted where it arrives, so that nothing is counted twice: by the workload's own proxy, or in ambient
 * mode by its waypoint. Without a waypoint there is no telemetry of requests in ambient mode, only of connections.
 */
export function goldenSignals(mode: MeshMode): GoldenSignals {
  const reporter = mode === MeshMode.ambient ? 'waypoint' : 'destination';
  return {
    subjects: {
      series: `istio_requests_total{reporter="${reporter}"}`,
      namespaceLabel: 'destination_workload_namespace',
      workloadLabel: 'destination_workload',
    },
    queries: queriesOf(reporter, mode === MeshMode.ambient ? nodeProxies : sidecarSelector(proxyContainer)),
  };
}

type Reporter = 'destination' | 'waypoint';

function queriesOf(reporter: Reporter, proxies: string): GoldenQueries {
  const requests = requestSelector(reporter);
  return {
    ...requestQueries({
      all: `istio_requests_total{${requests}}`,
      failed: [
        `istio_requests_total{${requests}, response_code=~"5.."}`,
        `istio_requests_total{${requests}, response_code!~"5..", grpc_response_status=~"${serverFaults}"}`,
      ],
    }),
    ...latencyQueries(`istio_request_duration_milliseconds_bucket{${requests}}`),
    ...resourceQueries({ proxies, controlPlane }),
    configurationDelay: {
      title: 'Configuration reaches the proxies (99th percentile)',
      unit: 's',
      promql: 'histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[{{window}}])))',
    },
    configurationRejects: {
      title: 'Configurations refused by proxies',
      unit: '1/s',
      // The counter is not there until the first one is refused; that istiod is there is another's word.
      promql:
        'sum(rate(pilot_total_xds_rejects[{{window}}])) or (0 * sum(rate(pilot_xds_pushes[{{window}}])))',
    },
  };
}

/** The proxies of the nodes carry the requests of all workloads: ztunnel's container has the name of the sidecar's. */
const nodeProxies = `namespace="${systemNamespace}", pod=~"ztunnel-.*", container="${proxyContainer}"`;
const controlPlane = `namespace="${systemNamespace}", pod=~"istiod-.*", container="discovery"`;

function requestSelector(reporter: Reporter): string {
  return [
    `reporter="${reporter}"`,
    'destination_workload_namespace="{{namespace}}"',
    'destination_workload="{{workload}}"',
  ].join(', ');
}

/** Codes of gRPC that are the server's fault (OpenTelemetry, semantic conventions of gRPC); their HTTP status is 200. */
const serverFaults = '2|4|12|13|14|15';
