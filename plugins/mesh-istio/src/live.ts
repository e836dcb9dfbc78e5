import type { ObjectReference } from '@meshwright/model';
import type { ClusterPort } from '@meshwright/plugin-sdk';
import { type ChartName, charts, systemNamespace } from './names.ts';
import { defaultRevision, tagWebhook, withRevision } from './revisions.ts';

/**
 * The release name of a chart: that of the workload which runs already, whoever installed it, for it is among the labels
 * of the pods, and another one would restart them; else the one of Istio's guides. `istioctl` says `istio` for all.
 */
export async function releaseNameOf(
  chart: ChartName,
  revision: string,
  cluster: ClusterPort,
): Promise<string> {
  const workload = workloadOf(chart, revision);
  const live = workload === undefined ? undefined : await cluster.get(workload);
  return live?.metadata.labels?.release ?? charts[chart].releaseName;
}

function workloadOf(chart: ChartName, revision: string): ObjectReference | undefined {
  const workload = { apiVersion: 'apps/v1', namespace: systemNamespace };
  if (chart === 'istiod') return { ...workload, kind: 'Deployment', name: withRevision('istiod', revision) };
  if (chart === 'cni') return { ...workload, kind: 'DaemonSet', name: 'istio-cni-node' };
  return undefined;
}

/**
 * Whether a revision injects by the tag: every one with a name does, and the one without where `istioctl` installed it or
 * moved the tag to it, which leaves its own injector there without effect (istioctl/pkg/tag in istio/istio).
 */
export async function isTagged(revision: string, cluster: ClusterPort): Promise<boolean> {
  if (revision !== defaultRevision) return true;
  const tag = await cluster.get({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    name: tagWebhook,
  });
  return tag?.metadata.labels?.['istio.io/rev'] === defaultRevision;
}
