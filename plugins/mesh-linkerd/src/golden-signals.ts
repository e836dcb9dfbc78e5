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
const controlPlane = `namespace="${systemNamespace}", container=~"destination|identity|policy|proxy-injector|sp-validator"`;

const queries: GoldenQueries = {
  ...requestQueries({
    all: `response_total{${inbound}}`,
    failed: [`response_total{${inbound}, classification="failure"}`],
  }),
  ...latencyQueries(`response_latency_ms_bucket{${inbound}}`),
  ...resourceQueries({ proxies: sidecarSelector(proxyContainer), controlPlane }),
};
