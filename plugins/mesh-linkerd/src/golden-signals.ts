import type { GoldenQueries, GoldenSignals, SignalQuery } from '@meshwright/plugin-sdk';
import { proxyContainer, systemNamespace } from './names.ts';

/**
 * The metrics of Linkerd's proxies (linkerd.io, "Proxy Metrics"), which a Prometheus of one's own or that of the viz
 * extension scrapes with the labels `namespace` and the kind of the workload, containers as cAdvisor counts them.
 * A request is counted where it arrives, so that nothing is counted twice. What workloads other than Deployments answer is
 * not asked: their label is another.
 */
export function goldenSignals(): GoldenSignals {
  return {
    subjects: {
      series: 'response_total{direction="inbound"}',
      namespaceLabel: 'namespace',
      workloadLabel: 'deployment',
    },
    queries,
  };
}

const inbound = 'direction="inbound", namespace="{{namespace}}", deployment="{{workload}}"';
/**
 * What the names of a Deployment's pods have behind its own; Kubernetes takes both from letters that make no words
 * (apimachinery, `util/rand`).
 */
const podSuffix = '-(([bcdfghjklmnpqrstvwxz2456789]{1,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]+)';
const proxies = `namespace="{{namespace}}", pod=~"{{workload:pattern}}${podSuffix}", container="${proxyContainer}"`;
const controlPlane = `namespace="${systemNamespace}", container=~"destination|identity|policy|proxy-injector|sp-validator"`;

const queries: GoldenQueries = {
  requestRate: {
    title: 'Requests',
    unit: 'requests/s',
    promql: `sum(rate(response_total{${inbound}}[{{window}}]))`,
  },
  errorShare: {
    title: 'Errors',
    unit: 'share',
    // Without requests there is no share: no answer, rather than 0/0.
    promql: `(sum(rate(response_total{${inbound}, classification="failure"}[{{window}}])) or vector(0)) / (sum(rate(response_total{${inbound}}[{{window}}])) > 0)`,
  },
  latencyP50: latency(50),
  latencyP90: latency(90),
  latencyP99: latency(99),
  proxyCpu: cpu('CPU of the proxies', proxies),
  proxyMemory: memory('Memory of the proxies', proxies),
  controlPlaneCpu: cpu('CPU of the control plane', controlPlane),
  controlPlaneMemory: memory('Memory of the control plane', controlPlane),
};

function latency(percentile: number): SignalQuery {
  return {
    title: `Latency p${percentile}`,
    unit: 'ms',
    promql: `histogram_quantile(${percentile / 100}, sum by (le) (rate(response_latency_ms_bucket{${inbound}}[{{window}}])))`,
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
