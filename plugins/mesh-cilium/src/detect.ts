import { type KubernetesObject, MeshMode } from '@meshwright/model';
import {
  availabilityOf,
  type ClusterPort,
  coverageOf,
  DaemonSet,
  Deployment,
  type Installation,
  unknownVersion,
} from '@meshwright/plugin-sdk';
import { managerOf } from './managers.ts';
import { operator, revision } from './names.ts';
import { versionOfChartLabel, versionOfImage } from './versions.ts';

/** Every DaemonSet of agents on the cluster, whoever installed it; there should be one at most. */
export async function detect(cluster: ClusterPort): Promise<Installation[]> {
  const kind = { apiVersion: 'apps/v1', kind: 'DaemonSet' };
  const found = await cluster.list({ ...kind, labelSelector: 'k8s-app=cilium' });
  return Promise.all(found.map((object) => toInstallation(object, cluster)));
}

async function toInstallation(object: KubernetesObject, cluster: ClusterPort): Promise<Installation> {
  const agents = DaemonSet.parse(object);
  const { namespace } = agents.metadata;
  const live = await cluster.get({ ...operator, namespace });
  const notes = [
    coverageOf(agents),
    live === undefined ? `Deployment ${namespace}/${operator.name} is not there.` : availability(live),
  ].filter((note) => note !== undefined);
  return {
    version: versionOf(agents) ?? unknownVersion,
    revision,
    mode: MeshMode.node,
    namespace,
    managedBy: managerOf(object),
    healthy: notes.length === 0,
    notes,
  };
}

/** What the agents' image says, else what the chart wrote. */
function versionOf({ metadata, spec }: DaemonSet): string | undefined {
  const agent = spec.template.spec.containers.find(({ name }) => name === 'cilium-agent');
  const chart = metadata.labels['helm.sh/chart'];
  return versionOfImage(agent?.image ?? '') ?? (chart === undefined ? undefined : versionOfChartLabel(chart));
}

function availability(object: KubernetesObject): string | undefined {
  return availabilityOf(Deployment.parse(object));
}
