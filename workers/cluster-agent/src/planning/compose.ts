import { type InventoryMember, undesired } from '@meshwright/cluster';
import {
  formatReference,
  type KubernetesObject,
  MeshwrightError,
  type ObjectReference,
  type PatternSnapshot,
  referenceKey,
  referenceOf,
  StageKind,
} from '@meshwright/model';
import type { Enrollment, MeshStage } from '@meshwright/plugin-sdk';
import { keepRisky } from './prune.ts';
import type { ScopeOf } from './scopes.ts';
import {
  type ComposedStage,
  emptyStage,
  hasWork,
  type Part,
  pruneTimeoutSeconds,
  restartTimeoutSeconds,
  workloadTimeoutSeconds,
} from './stage.ts';
import { workloadObjects } from './workload-objects.ts';

export interface Composition {
  snapshot: PatternSnapshot;
  /** The mesh's own stages with what they render. */
  prepare: ComposedStage[];
  switchOver: ComposedStage[];
  settle: ComposedStage[];
  /** By namespace, for the enrolled ones. */
  enrollments: ReadonlyMap<string, Enrollment>;
  /** Workloads that join the mesh, move to this version of it, or leave it. */
  restarts: ObjectReference[];
  /** What the pattern owns on the target. */
  members: readonly InventoryMember[];
  scopeOf: ScopeOf;
}

export interface Composed {
  stages: ComposedStage[];
  /** What the pattern no longer holds and the last stage deletes. */
  gone: ObjectReference[];
  warnings: string[];
}

/**
 * The stages of a plan in order: the mesh beside what runs, its switch-over, the workloads in their namespaces, traffic
 * and native resources, restarts, the mesh's own policies and checks, and last what the pattern no longer holds.
 * Stages with nothing to do are left out.
 * @throws MeshwrightError INVALID_PATTERN when an object stands twice, or a namespaced object names no namespace.
 */
export function composeStages(composition: Composition): Composed {
  const { snapshot, scopeOf, prepare, switchOver, settle } = composition;
  const configuration = [...snapshot.traffic, ...snapshot.resources];
  const stages = [
    ...prepare,
    ...switchOver,
    applyStage('workloads', 'Namespaces and workloads', workloadObjects(composition)),
    applyStage('configuration', 'Traffic and native resources', configuration),
    restartStage(composition.restarts, snapshot.pattern.spec.change.restartsAtOnce),
    ...settle,
  ];
  const { deletable, warnings } = unwanted(composition.members, stages);
  const filled = [...stages, pruneStage(deletable)].filter(
    (stage) => stage.kind === StageKind.verify || hasWork(stage),
  );
  checkObjects(filled, scopeOf);
  return { stages: filled, gone: deletable, warnings };
}

/** A stage of the mesh plugin with its rendered objects; of its deletes, those that the inventory holds. */
export function composeMeshStage(
  stage: MeshStage,
  rendered: { part: Part; objects: KubernetesObject[]; owned: ReadonlySet<string> },
): ComposedStage {
  const { id, title, kind, timeoutSeconds, requires, deletes = [], restarts = [], temporary } = stage;
  const { part, objects, owned } = rendered;
  return emptyStage({
    id,
    title,
    kind,
    timeoutSeconds,
    ...(requires === undefined ? {} : { requires }),
    ...(temporary === undefined ? {} : { temporary }),
    part,
    meshStage: id,
    objects,
    deletes: deletes.filter((reference) => owned.has(referenceKey(reference))),
    restarts,
  });
}

/** The stage that deletes what a temporary one has applied, once that one was healthy. */
export function endOfTemporary({ id, title, part, objects }: ComposedStage): ComposedStage {
  return emptyStage({
    id: `${id}-end`,
    title: `Delete again: ${title}`,
    kind: StageKind.prune,
    timeoutSeconds: pruneTimeoutSeconds,
    requires: 'it was healthy',
    part,
    temporary: true,
    deletes: objects.map(referenceOf),
  });
}

function applyStage(id: string, title: string, objects: KubernetesObject[]): ComposedStage {
  return emptyStage({ id, title, kind: StageKind.apply, timeoutSeconds: workloadTimeoutSeconds, objects });
}

function restartStage(restarts: ObjectReference[], atOnce: number): ComposedStage {
  return emptyStage({
    id: 'restart',
    title: 'Restart workloads that are not in this version of the mesh',
    kind: StageKind.restart,
    timeoutSeconds: restartTimeoutSeconds(restarts.length, atOnce),
    requires: 'the mesh takes workloads in, and what configures it is there',
    restarts,
  });
}

function pruneStage(deletes: ObjectReference[]): ComposedStage {
  return emptyStage({
    id: 'prune',
    title: 'Remove what the pattern no longer holds',
    kind: StageKind.prune,
    timeoutSeconds: pruneTimeoutSeconds,
    requires: 'nothing uses what is removed',
    deletes,
  });
}

/** What no stage applies, and no stage of the mesh deletes by itself. */
function unwanted(members: readonly InventoryMember[], stages: readonly ComposedStage[]) {
  const desired = stages.flatMap(({ objects }) => objects);
  const deleted = new Set(stages.flatMap(({ deletes }) => deletes.map(referenceKey)));
  const left = undesired(members, desired).map(({ object }) => object);
  return keepRisky(left.filter((reference) => !deleted.has(referenceKey(reference))));
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
