import type { GoldenQueries, SignalQuery } from './golden-signals.ts';

/**
 * What the names of a workload's pods have behind its own: a hash and a suffix, a suffix, or a number. Kubernetes takes
 * both from letters that make no words (apimachinery, `util/rand`), so that `shop-api-…` is not taken for a pod of `shop`.
 */
const podSuffix = '-(([bcdfghjklmnpqrstvwxz2456789]{1,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]+)';

/** Selects the containers of a name in the pods of the workload that is asked about, by the labels of cAdvisor. */
export function sidecarSelector(container: string): string {
  return `namespace="{{namespace}}", pod=~"{{workload:pattern}}${podSuffix}", container="${container}"`;
}

/** What proxies and control plane use, as cAdvisor counts it, each by a selector of its containers. */
export function resourceQueries({
  proxies,
  controlPlane,
}: {
  proxies: string;
  controlPlane: string;
}): Pick<GoldenQueries, 'proxyCpu' | 'proxyMemory' | 'controlPlaneCpu' | 'controlPlaneMemory'> {
  return {
    proxyCpu: cpu('CPU of the proxies', proxies),
    proxyMemory: memory('Memory of the proxies', proxies),
    controlPlaneCpu: cpu('CPU of the control plane', controlPlane),
    controlPlaneMemory: memory('Memory of the control plane', controlPlane),
  };
}

/** The percentiles of a histogram of latencies in milliseconds, by the selector of its buckets. */
export function latencyQueries(
  buckets: string,
): Pick<GoldenQueries, 'latencyP50' | 'latencyP90' | 'latencyP99'> {
  return {
    latencyP50: latency(buckets, 50),
    latencyP90: latency(buckets, 90),
    latencyP99: latency(buckets, 99),
  };
}

/** The number of requests a second, and the share of failed ones, by the selectors of their counters. */
export function requestQueries({
  all,
  failed,
}: {
  all: string;
  failed: readonly string[];
}): Pick<GoldenQueries, 'requestRate' | 'errorShare'> {
  const sum = failed.map((counter) => `(${rateOf(counter)} or vector(0))`).join(' + ');
  return {
    requestRate: { title: 'Requests', unit: 'requests/s', promql: rateOf(all) },
    errorShare: {
      title: 'Errors',
      unit: 'share',
      // Without requests there is no share: no answer, rather than 0/0.
      promql: `${failed.length > 1 ? `(${sum})` : sum} / (${rateOf(all)} > 0)`,
    },
  };
}

function rateOf(counter: string): string {
  return `sum(rate(${counter}[{{window}}]))`;
}

function latency(buckets: string, percentile: number): SignalQuery {
  return {
    title: `Latency p${percentile}`,
    unit: 'ms',
    promql: `histogram_quantile(${percentile / 100}, sum by (le) (rate(${buckets}[{{window}}])))`,
  };
}

function cpu(title: string, containers: string): SignalQuery {
  return { title, unit: 'cores', promql: rateOf(`container_cpu_usage_seconds_total{${containers}}`) };
}

function memory(title: string, containers: string): SignalQuery {
  return { title, unit: 'bytes', promql: `sum(container_memory_working_set_bytes{${containers}})` };
}
