import { type KubernetesObject, MeshMode } from '@meshwright/model';
import {
  availabilityOf,
  type ClusterPort,
  Deployment,
  type Installation,
  unknownVersion,
} from '@meshwright/plugin-sdk';
import { managerOf } from './managers.ts';
import { defaultRevision, injectingRevision } from './revisions.ts';
import { sameNumbers, versionOfImage, versionOfTag } from './versions.ts';

/**
 * Every istiod on the cluster, whoever installed it: first the one that injects where `istio-injection: enabled` stands,
 * for that is the one a change begins from; in the middle of an upgrade there are several.
 */
export async function detect(cluster: ClusterPort): Promise<Installation[]> {
  const [deployments, injecting] = await Promise.all([
    cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment', labelSelector: 'app=istiod' }),
    injectingRevision(cluster),
  ]);
  const rank = ({ revision, namespace }: Installation) =>
    `${revision === injecting ? 0 : 1}/${namespace}/${revision}`;
  return deployments.map(toInstallation).sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function toInstallation(object: KubernetesObject): Installation {
  const deployment = Deployment.parse(object);
  const { labels = {}, namespace = '' } = object.metadata;
  const discovery = deployment.spec.template.spec.containers.find(({ name }) => name === 'discovery');
  const running = discovery?.image === undefined ? undefined : versionOfImage(discovery.image);
  const labelled = versionOfTag(labels['app.kubernetes.io/version'] ?? '');
  const isAmbient = discovery?.env?.some(
    ({ name, value }) => name === 'PILOT_ENABLE_AMBIENT' && value === 'true',
  );
  const availability = availabilityOf(deployment);
  return {
    version: labelled ?? running ?? unknownVersion,
    revision: labels['istio.io/rev'] ?? defaultRevision,
    mode: isAmbient === true ? MeshMode.ambient : MeshMode.sidecar,
    namespace,
    managedBy: managerOf(object),
    healthy: availability === undefined,
    notes: [
      ...(availability === undefined ? [] : [availability]),
      ...(labelled !== undefined && running !== undefined && !sameNumbers(labelled, running)
        ? [`Its labels say ${labelled}, and its image ${running}.`]
        : []),
    ],
  };
}
