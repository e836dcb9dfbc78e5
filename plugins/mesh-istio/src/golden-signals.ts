import { MeshMode } from '@meshwright/model';
import type { GoldenQueries, GoldenSignals, SignalQuery } from '@meshwright/plugin-sdk';
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
    queries: queriesOf(reporter, mode === MeshMode.ambient ? nodeProxies : sidecars),
  };
}

type Reporter = 'destination' | 'waypoint';

function queriesOf(reporter: Reporter, proxies: string): GoldenQueries {
  const requests = requestSelector(reporter);
  return {
    requestRate: {
      title: 'Requests',
      unit: 'requests/s',
      promql: `sum(rate(istio_requests_total{${requests}}[{{window}}]))`,
    },
    errorShare: { title: 'Errors', unit: 'share', promql: errorShare(requests) },
    latencyP50: latency(requests, 50),
    latencyP90: latency(requests, 90),
    latencyP99: latency(requests, 99),
    proxyCpu: cpu('CPU of the proxies', proxies),
    proxyMemory: memory('Memory of the proxies', proxies),
    controlPlaneCpu: cpu('CPU of the control plane', controlPlane),
    controlPlaneMemory: memory('Memory of the control plane', controlPlane),
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

/**
 * What the names of a workload's pods have behind its own: a hash and a suffix, a suffix, or a number. Kubernetes takes
 * both from letters that make no words (apimachinery, `util/rand`), so that `shop-api-…` is not taken for a pod of `shop`.
 */
const podSuffix = '-(([bcdfghjklmnpqrstvwxz2456789]{1,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]+)';

const sidecars = `namespace="{{namespace}}", pod=~"{{workload:pattern}}${podSuffix}", container="${proxyContainer}"`;
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

function errorShare(requests: string): string {
  const failed = [
    `sum(rate(istio_requests_total{${requests}, response_code=~"5.."}[{{window}}]))`,
    `sum(rate(istio_requests_total{${requests}, response_code!~"5..", grpc_response_status=~"${serverFaults}"}[{{window}}]))`,
  ].map((rate) => `(${rate} or vector(0))`);
  // Without requests there is no share: no answer, rather than 0/0.
  return `(${failed.join(' + ')}) / (sum(rate(istio_requests_total{${requests}}[{{window}}])) > 0)`;
}

function latency(requests: string, percentile: number): SignalQuery {
  const buckets = `rate(istio_request_duration_milliseconds_bucket{${requests}}[{{window}}])`;
  return {
    title: `Latency p${percentile}`,
    unit: 'ms',
    promql: `histogram_quantile(${percentile / 100}, sum by (le) (${buckets}))`,
  };
}

function cpu(title: string, containers: string): SignalQuery {
  return {
    title,
    unit: 'cores',
    promql: `sum(rate(container_cpu_usage_seconds_total{${containers}}[{{window}}]))`,
  };
}

function memory(title: string, containers: string): SignalQuery {
  return { title, unit: 'bytes', promql: `sum(container_memory_working_set_bytes{${containers}})` };
}
