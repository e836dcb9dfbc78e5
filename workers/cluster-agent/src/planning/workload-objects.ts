import type { KubernetesObject, PatternSnapshot } from '@meshwright/model';
import type { Enrollment } from '@meshwright/plugin-sdk';
import type { ScopeOf } from './scopes.ts';

/** The namespaces of the workloads, with their enrollment, and what is in them. */
export function workloadObjects({
  snapshot,
  enrollments,
  scopeOf,
}: {
  snapshot: Pick<PatternSnapshot, 'workloads'>;
  /** By namespace, for the enrolled ones. */
  enrollments: ReadonlyMap<string, Enrollment>;
  scopeOf: ScopeOf;
}): KubernetesObject[] {
  const declared = new Map<string, KubernetesObject>();
  const objects: KubernetesObject[] = [];
  for (const { namespace, objects: manifests } of snapshot.workloads) {
    for (const manifest of manifests) {
      if (manifest.kind === 'Namespace' && manifest.apiVersion === 'v1')
        declared.set(manifest.metadata.name, manifest);
      else objects.push(inNamespace(manifest, namespace, scopeOf));
    }
    if (!declared.has(namespace)) declared.set(namespace, newNamespace(namespace));
  }
  const namespaces = [...declared.values()].map((object) =>
    enrolled(object, enrollments.get(object.metadata.name)),
  );
  return [...namespaces, ...objects];
}

function newNamespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function enrolled(namespace: KubernetesObject, enrollment: Enrollment | undefined): KubernetesObject {
  if (enrollment === undefined) return namespace;
  const { labels, annotations } = namespace.metadata;
  return {
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { ...labels, ...enrollment.labels },
      ...(annotations === undefined && Object.keys(enrollment.annotations).length === 0
        ? {}
        : { annotations: { ...annotations, ...enrollment.annotations } }),
    },
  };
}

function inNamespace(object: KubernetesObject, namespace: string, scopeOf: ScopeOf): KubernetesObject {
  if (object.metadata.namespace !== undefined || scopeOf(object.apiVersion, object.kind) === 'cluster')
    return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}
