import { type KubernetesObject, MeshMode } from '@meshwright/model';
import {
  availabilityOf,
  type ClusterPort,
  Deployment,
  type Installation,
  tagOfImage,
  unknownVersion,
} from '@meshwright/plugin-sdk';
import { managerOf } from './installed.ts';
import { liveRevision } from './trust/trust.ts';
import { versionOfEdge } from './versions.ts';

const controlPlane = ['linkerd-destination', 'linkerd-identity', 'linkerd-proxy-injector'];
const componentLabel = 'linkerd.io/control-plane-component';

/** Every control plane on the cluster, whoever installed it; there should be one at most. */
export async function detect(cluster: ClusterPort): Promise<Installation[]> {
  const deployments = await cluster.list({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    labelSelector: componentLabel,
  });
  const namespaces = Map.groupBy(deployments, ({ metadata }) => metadata.namespace ?? '');
  const revision = deployments.length === 0 ? '' : await liveRevision(cluster);
  return [...namespaces]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([namespace, objects]) => {
      const destination = objects.find(({ metadata }) => metadata.name === 'linkerd-destination');
      return destination === undefined ? [] : [toInstallation(destination, { namespace, objects, revision })];
    });
}

function toInstallation(
  destination: KubernetesObject,
  { namespace, objects, revision }: { namespace: string; objects: KubernetesObject[]; revision: string },
): Installation {
  const notes = controlPlane.flatMap((name) => {
    const object = objects.find(({ metadata }) => metadata.name === name);
    if (object === undefined) return [`Deployment ${namespace}/${name} is not there.`];
    const problem = availabilityOf(Deployment.parse(object));
    return problem === undefined ? [] : [problem];
  });
  return {
    version: versionOf(destination) ?? unknownVersion,
    revision,
    mode: MeshMode.sidecar,
    namespace,
    managedBy: managerOf(destination),
    healthy: notes.length === 0,
    notes,
  };
}

/** What the chart wrote, else what the image of the destination controller says. */
function versionOf(object: KubernetesObject): string | undefined {
  const { metadata, spec } = Deployment.parse(object);
  const image = spec.template.spec.containers.find(({ name }) => name === 'destination')?.image ?? '';
  const tag = tagOfImage(image) ?? '';
  return versionOfEdge(metadata.labels['app.kubernetes.io/version'] ?? '') ?? versionOfEdge(tag);
}
