import { formatReference } from '@meshwright/model';
import type { PluginContext, Verification, VerifyChange } from '@meshwright/plugin-sdk';
import {
  type NamespaceWorkloads,
  isOptedOut,
  otherVersion,
  podName,
  proxyImage,
  readWorkloads,
} from '../injection.ts';
import { proxyContainer, systemNamespace } from '../names.ts';
import { Pod } from '../shapes.ts';
import { askPod, failed, healthy, inBatches, waitingFor } from './check.ts';
import { samplesOf } from './metrics.ts';

/**
 * Every running pod of the enrolled namespaces has a ready proxy of the mesh's version, which is connected to istiod
 * and took its configuration.
 *
 * istiod's own answer to this (`/debug/syncz`) is only given on the pod's loopback or for a bearer token, and the API
 * server's pod proxy has neither: it takes the Authorization header for itself. So each proxy is asked instead, at the
 * port that its redirection leaves open for Prometheus, and istiod is asked how many are connected.
 */
export async function checkProxies(change: VerifyChange, context: PluginContext): Promise<Verification> {
  const { enrolledNamespaces, mesh } = change;
  if (enrolledNamespaces.length === 0)
    return healthy('the pattern enrolls no workloads: there are no proxies to check');
  const namespaces = await inBatches(enrolledNamespaces, (name) => readWorkloads(context.cluster, name));
  const survey = surveyPods(namespaces, mesh.version);
  const answers = await inBatches(survey.proxies, (pod) => askProxy(pod, context));
  const rejecting = answers.filter((answer) => answer.kind === 'rejecting');
  if (rejecting.length > 0) return rejectedBy(rejecting.map(({ text }) => text));
  const waiting = [
    ...survey.waiting,
    ...answers.filter((answer) => answer.kind === 'waiting').map(({ text }) => text),
  ];
  if (waiting.length > 0) return waitingFor(waiting, '');
  const aside = survey.aside.length === 0 ? '' : `; not in the mesh: ${survey.aside.join(', ')}`;
  if (survey.proxies.length === 0) {
    return healthy(`no enrolled workloads to check: no pod runs in ${enrolledNamespaces.join(', ')}${aside}`);
  }
  return compareWithIstiod(survey.proxies.length, aside, context);
}

interface Survey {
  /** Pods whose proxy is to be asked. */
  proxies: Pod[];
  waiting: string[];
  /** Pods that are not in the mesh, and rightly or beyond our reach. */
  aside: string[];
}

function surveyPods(namespaces: NamespaceWorkloads[], version: string): Survey {
  const survey: Survey = { proxies: [], waiting: [], aside: [] };
  for (const { workloads, otherPods } of namespaces) {
    for (const { reference, replicas, pods, optsOut } of workloads) {
      if (optsOut) {
        if (replicas > 0) survey.aside.push(`${formatReference(reference)} opts out`);
        continue;
      }
      if (pods.length < replicas)
        survey.waiting.push(`${formatReference(reference)} has ${pods.length} of ${replicas} pods`);
      for (const pod of pods) surveyPod(pod, version, survey);
    }
    for (const pod of otherPods) {
      if (proxyImage(pod) !== undefined) surveyPod(pod, version, survey);
      else if (!isOptedOut(pod.metadata, pod.spec))
        survey.aside.push(`pod ${podName(pod)} has no workload to restart`);
    }
  }
  return survey;
}

function surveyPod(pod: Pod, version: string, survey: Survey): void {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  const other = otherVersion(pod, version);
  if (proxyImage(pod) === undefined) {
    survey.waiting.push(
      `pod ${podName(pod)} has no proxy: it started before injection, or injection left it out`,
    );
  } else if (other !== undefined) {
    survey.waiting.push(`pod ${podName(pod)} has a proxy of ${other}`);
  } else if (
    ![...containerStatuses, ...initContainerStatuses].some(
      ({ name, ready }) => name === proxyContainer && ready,
    )
  ) {
    survey.waiting.push(`the proxy of pod ${podName(pod)} is not ready`);
  } else {
    survey.proxies.push(pod);
  }
}

/** Envoy's Prometheus port, which Istio's redirection leaves alone so that it answers without mutual TLS. */
const proxyPort = 15090;
/** Envoy's names of the statistics; `;` closes the name of the cluster in Istio's bootstrap. */
const proxyFilter = String.raw`^(cluster_manager\.cds\.|listener_manager\.lds\.)update_(success|rejected)$|^cluster\.xds-grpc;?\.upstream_rq_active$`;
const proxyPath = `/stats/prometheus?filter=${encodeURIComponent(proxyFilter)}`;

const successes = {
  clusters: 'envoy_cluster_manager_cds_update_success',
  listeners: 'envoy_listener_manager_lds_update_success',
};
const rejections = {
  clusters: 'envoy_cluster_manager_cds_update_rejected',
  listeners: 'envoy_listener_manager_lds_update_rejected',
};
const openStreams = 'envoy_cluster_upstream_rq_active';
const proxyStatistics = new Set([...Object.values(successes), ...Object.values(rejections), openStreams]);

interface ProxyAnswer {
  kind: 'in-sync' | 'waiting' | 'rejecting';
  text: string;
}

async function askProxy(pod: Pod, context: PluginContext): Promise<ProxyAnswer> {
  const { namespace, name } = pod.metadata;
  const answer = await askPod(context, { namespace, pod: name, port: proxyPort, path: proxyPath });
  if ('problem' in answer)
    return waiting(`the proxy of pod ${podName(pod)} does not answer: ${answer.problem}`);
  return judgeProxy(podName(pod), answer.body);
}

/**
 * What a proxy's statistics say. Its stream ends with that of the agent to istiod, so an open one means connected; a
 * rejection stays counted until the proxy restarts. Pure.
 */
export function judgeProxy(pod: string, text: string): ProxyAnswer {
  const samples = samplesOf(text, proxyStatistics);
  const valueOf = (name: string) => samples.find((sample) => sample.name === name)?.value;
  const rejected = Object.entries(rejections)
    .map(([what, name]) => ({ what, times: valueOf(name) ?? 0 }))
    .filter(({ times }) => times > 0);
  if (rejected.length > 0) {
    const counts = rejected.map(({ what, times }) => `${what} ${times} times`).join(', ');
    return { kind: 'rejecting', text: `${pod} (${counts})` };
  }
  const streams = samples.find(
    ({ name, labels }) => name === openStreams && labels.includes('cluster_name="xds-grpc"'),
  );
  if (streams === undefined)
    return waiting(`the proxy of pod ${pod} does not say whether it is connected to istiod`);
  if (streams.value < 1) return waiting(`the proxy of pod ${pod} is not connected to istiod`);
  for (const [what, name] of Object.entries(successes)) {
    if ((valueOf(name) ?? 0) < 1) return waiting(`the proxy of pod ${pod} has no ${what} from istiod yet`);
  }
  return { kind: 'in-sync', text: pod };
}

function waiting(text: string): ProxyAnswer {
  return { kind: 'waiting', text };
}

function rejectedBy(pods: string[]): Verification {
  const shown = pods.slice(0, 10).join('; ');
  return failed(
    `${pods.length} proxies rejected configuration since they started: ${shown}${pods.length > 10 ? '; …' : ''}.`,
    'istiod logs why ("ACK ERROR" with the pod’s name): mend that resource. If the rejection is an old one, restart the workload: the count starts with the proxy.',
  );
}

const istiodPort = 15014;
const connectedProxies = 'pilot_xds';

/** istiod counts its proxies, those of gateways and other namespaces too: never fewer than what was just asked. */
async function compareWithIstiod(
  proxies: number,
  aside: string,
  context: PluginContext,
): Promise<Verification> {
  const pods = await context.cluster.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: systemNamespace,
    labelSelector: 'app=istiod',
  });
  const live = pods
    .map((object) => Pod.parse(object))
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase === 'Running');
  const answers = await inBatches(live, (pod) =>
    askPod(context, {
      namespace: systemNamespace,
      pod: pod.metadata.name,
      port: istiodPort,
      path: '/metrics',
    }),
  );
  const problems = answers.flatMap((answer) =>
    'problem' in answer ? [`istiod does not answer: ${answer.problem}`] : [],
  );
  if (problems.length > 0) return waitingFor(problems, '');
  const connected = answers
    .flatMap((answer) => ('body' in answer ? samplesOf(answer.body, new Set([connectedProxies])) : []))
    .reduce((sum, { value }) => sum + value, 0);
  if (connected < proxies)
    return waitingFor([`istiod counts ${connected} connected proxies, of ${proxies} that run`], '');
  return healthy(
    `${proxies} of ${proxies} proxies are connected and in sync (istiod counts ${connected})${aside}`,
  );
}
