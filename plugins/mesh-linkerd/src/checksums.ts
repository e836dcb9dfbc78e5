import { type KubernetesObject, referenceKey, referenceOf } from '@meshwright/model';
import { type ClusterPort, valueAt } from '@meshwright/plugin-sdk';
import { type Callee, bundleOf, callees } from './trust/webhooks.ts';
import type { ChartName } from './names.ts';

const checksum = 'checksum/config';

/**
 * The charts put a digest of the webhooks' objects, certificates and keys among them, into the templates of pods, so that a
 * new certificate restarts what shows it. While the certificates are those of the cluster, so is the digest, whoever
 * rendered it, and nothing restarts.
 */
export async function keepChecksums(
  chart: ChartName,
  objects: readonly KubernetesObject[],
  cluster: ClusterPort,
): Promise<KubernetesObject[]> {
  const own = callees.filter((callee) => callee.chart === chart);
  const areLive = await Promise.all(own.map((callee) => isAsLive(callee, objects, cluster)));
  if (areLive.includes(false)) return [...objects];
  return Promise.all(objects.map((object) => withLiveChecksum(object, cluster)));
}

async function isAsLive(
  { caller }: Callee,
  objects: readonly KubernetesObject[],
  cluster: ClusterPort,
): Promise<boolean> {
  const rendered = objects.find((object) => referenceKey(referenceOf(object)) === referenceKey(caller));
  const live = await cluster.get(caller);
  return rendered !== undefined && live !== undefined && bundleOf(rendered) === bundleOf(live);
}

async function withLiveChecksum(object: KubernetesObject, cluster: ClusterPort): Promise<KubernetesObject> {
  const template = templateOf(object);
  if (object.kind !== 'Deployment' || template?.metadata?.annotations?.[checksum] === undefined)
    return object;
  const live = await cluster.get(referenceOf(object));
  const value = live === undefined ? undefined : templateOf(live)?.metadata?.annotations?.[checksum];
  if (value === undefined) return object;
  const annotations = { ...template.metadata.annotations, [checksum]: value };
  const metadata = { ...template.metadata, annotations };
  return { ...object, spec: { ...(object.spec as object), template: { ...template, metadata } } };
}

interface PodTemplate {
  metadata?: { annotations?: Record<string, string> };
}

function templateOf({ spec }: KubernetesObject): PodTemplate | undefined {
  return valueAt(spec, 'template') as PodTemplate | undefined;
}
