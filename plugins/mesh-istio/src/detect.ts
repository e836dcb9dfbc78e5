import { type KubernetesObject, MeshMode } from '@meshwright/model';
import type { ClusterPort, Installation } from '@meshwright/plugin-sdk';
import { managerOf, ourManager } from './managers.ts';
import { unknownVersion } from './installed.ts';
import { defaultRevision, injectingRevision } from './revisions.ts';
import { Deployment, availabilityOf } from './shapes.ts';
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

/** What another's Istio left behind on a cluster without a control plane; one sentence each. */
export async function findLeftovers(cluster: ClusterPort): Promise<string[]> {
  const [definitions, injectors, validators] = await Promise.all([
    cluster.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }),
    webhooks(cluster, 'MutatingWebhookConfiguration', 'app=sidecar-injector'),
    webhooks(cluster, 'ValidatingWebhookConfiguration', 'app=istiod'),
  ]);
  const istios = definitions.filter((object) => object.metadata.name.endsWith('.istio.io')).filter(isForeign);
  const notes: string[] = [];
  if (istios.length > 0) {
    const managers = [...new Set(istios.map(managerOf))].sort().join(', ');
    notes.push(
      `${istios.length} CRDs of Istio are there without a control plane, kept by ${managers}; fields that differ are conflicts.`,
    );
  }
  for (const { kind, metadata } of [...injectors, ...validators].filter(isForeign)) {
    notes.push(`${kind} ${metadata.name} is left of an earlier Istio: delete it if nothing needs it.`);
  }
  return notes;
}

function isForeign(object: KubernetesObject): boolean {
  return managerOf(object) !== ourManager;
}

function webhooks(cluster: ClusterPort, kind: string, labelSelector: string): Promise<KubernetesObject[]> {
  return cluster.list({ apiVersion: 'admissionregistration.k8s.io/v1', kind, labelSelector });
}
