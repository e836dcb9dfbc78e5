import { askPod, type PluginContext, type Pod, podName } from '@meshwright/plugin-sdk';
import { samplesOf } from './metrics.ts';

/** Envoy's Prometheus port, which Istio's redirection leaves alone so that it answers without mutual TLS. */
const port = 15090;
/** Envoy's names of the statistics; `;` closes the name of the cluster in Istio's bootstrap. */
const filter = String.raw`^(cluster_manager\.cds\.|listener_manager\.lds\.)update_(success|rejected)$|^cluster\.xds-grpc;?\.upstream_rq_active$`;
const path = `/stats/prometheus?filter=${encodeURIComponent(filter)}`;

const successes = {
  clusters: 'envoy_cluster_manager_cds_update_success',
  listeners: 'envoy_listener_manager_lds_update_success',
};
const rejections = {
  clusters: 'envoy_cluster_manager_cds_update_rejected',
  listeners: 'envoy_listener_manager_lds_update_rejected',
};
const openStreams = 'envoy_cluster_upstream_rq_active';
const statistics = new Set([...Object.values(successes), ...Object.values(rejections), openStreams]);

export interface ProxyState {
  kind: 'in-sync' | 'waiting' | 'rejecting';
  text: string;
}

/** Asks one proxy for its statistics, and judges them. */
export async function askProxy(pod: Pod, context: PluginContext): Promise<ProxyState> {
  const { namespace, name } = pod.metadata;
  const answer = await askPod(context, { namespace, pod: name, port, path });
  if ('problem' in answer)
    return waiting(`the proxy of pod ${podName(pod)} does not answer: ${answer.problem}`);
  return judgeProxy(podName(pod), answer.body);
}

/**
 * What a proxy's statistics say. Its stream ends with that of the agent to istiod, so an open one means connected; a
 * rejection stays counted until the proxy restarts. Pure.
 */
export function judgeProxy(pod: string, text: string): ProxyState {
  const samples = samplesOf(text, statistics);
  const valueOf = (name: string) => samples.find((sample) => sample.name === name)?.value;
  const rejected = Object.entries(rejections)
    .map(([what, name]) => ({ what, times: valueOf(name) ?? 0 }))
    .filter(({ times }) => times > 0);
  if (rejected.length > 0) {
    return { kind: 'rejecting', text: `${pod} (${rejected.map(({ what }) => what).join(', ')})` };
  }
  const stream = samples.find(
    ({ name, labels }) => name === openStreams && labels.cluster_name === 'xds-grpc',
  );
  if (stream === undefined)
    return waiting(`the proxy of pod ${pod} does not say whether it is connected to istiod`);
  if (stream.value < 1) return waiting(`the proxy of pod ${pod} is not connected to istiod`);
  for (const [what, name] of Object.entries(successes)) {
    if ((valueOf(name) ?? 0) < 1) return waiting(`the proxy of pod ${pod} has no ${what} from istiod yet`);
  }
  return { kind: 'in-sync', text: pod };
}

function waiting(text: string): ProxyState {
  return { kind: 'waiting', text };
}
