import {
  type KubernetesObject,
  MeshwrightError,
  type ObjectReference,
  type PatternSnapshot,
  StageKind,
  formatReference,
  referenceKey,
  referenceOf,
} from '@meshwright/model';
import type { Enrollment, MeshStage } from '@meshwright/plugin-sdk';

/** A stage with its objects, before it is compared with the cluster. */
export interface ComposedStage {
  id: string;
  title: string;
  kind: StageKind;
  timeoutSeconds: number;
  verifiedByMesh: boolean;
  objects: KubernetesObject[];
  restarts: ObjectReference[];
  deletes: ObjectReference[];
}

/** What the engine knows about kinds: the server's answer, or that of a CRD in the plan itself. */
export type ScopeOf = (apiVersion: string, kind: string) => 'namespaced' | 'cluster' | 'unknown';

export interface Composition {
  snapshot: PatternSnapshot;
  /** The mesh's own stages with what they render. */
  before: ComposedStage[];
  after: ComposedStage[];
  /** By namespace, for the enrolled ones. */
  enrollments: ReadonlyMap<string, Enrollment>;
  outdatedWorkloads: ObjectReference[];
  prunable: ObjectReference[];
  scopeOf: ScopeOf;
}

const workloadTimeoutSeconds = 600;
const pruneTimeoutSeconds = 300;

/**
 * The stages of a plan in order: the mesh, the workloads in their namespaces, traffic and native resources, restarts,
 * what the pattern no longer holds, and the mesh's own policies and checks. Stages with nothing to do are left out.
 * @throws MeshwrightError INVALID_PATTERN when an object stands twice, or a namespaced object names no namespace.
 */
export function composeStages(composition: Composition): ComposedStage[] {
  const { snapshot, outdatedWorkloads, prunable, scopeOf } = composition;
  const stages: ComposedStage[] = [
    ...composition.before,
    applyStage('workloads', 'Namespaces and workloads', workloadObjects(composition)),
    applyStage('configuration', 'Traffic and native resources', [...snapshot.traffic, ...snapshot.resources]),
    {
      id: 'restart',
      title: 'Restart workloads that are not in the mesh yet',
      kind: StageKind.restart,
      timeoutSeconds: workloadTimeoutSeconds,
      verifiedByMesh: false,
      objects: [],
      restarts: outdatedWorkloads,
      deletes: [],
    },
    {
      id: 'prune',
      title: 'Remove what the pattern no longer holds',
      kind: StageKind.prune,
      timeoutSeconds: pruneTimeoutSeconds,
      verifiedByMesh: false,
      objects: [],
      restarts: [],
      deletes: prunable,
    },
    ...composition.after,
  ];
  const filled = stages.filter(hasWork);
  checkObjects(filled, scopeOf);
  return filled;
}

/** A stage of the mesh plugin with its rendered objects. */
export function composeMeshStage(stage: MeshStage, objects: KubernetesObject[]): ComposedStage {
  const { id, title, kind, timeoutSeconds, restarts = [] } = stage;
  return { id, title, kind, timeoutSeconds, verifiedByMesh: true, objects, restarts, deletes: [] };
}

function applyStage(id: string, title: string, objects: KubernetesObject[]): ComposedStage {
  return {
    id,
    title,
    kind: StageKind.apply,
    timeoutSeconds: workloadTimeoutSeconds,
    verifiedByMesh: false,
    objects,
    restarts: [],
    deletes: [],
  };
}

function hasWork(stage: ComposedStage): boolean {
  return (
    stage.kind === StageKind.verify || stage.objects.length + stage.restarts.length + stage.deletes.length > 0
  );
}

function workloadObjects({ snapshot, enrollments, scopeOf }: Composition): KubernetesObject[] {
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

function checkObjects(stages: ComposedStage[], scopeOf: ScopeOf): void {
  const seen = new Map<string, string>();
  for (const stage of stages) {
    for (const object of stage.objects) {
      const name = formatReference(referenceOf(object));
      const key = referenceKey(referenceOf(object));
      const other = seen.get(key);
      if (other !== undefined) {
        throw new MeshwrightError(
          'INVALID_PATTERN',
          `${name} stands twice: in stage "${other}" and in stage "${stage.id}".`,
          {
            remedy:
              'Keep one of the two; an object that the mesh renders itself is changed through spec.mesh.values.',
          },
        );
      }
      seen.set(key, stage.id);
      if (
        object.metadata.namespace === undefined &&
        scopeOf(object.apiVersion, object.kind) === 'namespaced'
      ) {
        throw new MeshwrightError('INVALID_PATTERN', `${name} in stage "${stage.id}" names no namespace.`, {
          remedy: 'Set metadata.namespace in its manifest.',
        });
      }
    }
  }
}
