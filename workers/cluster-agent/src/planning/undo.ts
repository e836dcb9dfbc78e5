import { isNamespace, type ObjectDiff } from '@meshwright/cluster';
import {
  Change,
  formatReference,
  type KubernetesObject,
  type MeshState,
  type ObjectChange,
  type ObjectReference,
  type PlannedStage,
  referenceKey,
  referenceOf,
  StageKind,
  type UndoStage,
} from '@meshwright/model';
import { rollsPods } from './reach.ts';
import {
  emptyStage,
  hasWork,
  type Part,
  plannedStage,
  pruneTimeoutSeconds,
  restartTimeoutSeconds,
  workloadTimeoutSeconds,
} from './stage.ts';

/** A stage with what it changes, and what it takes to undo it. */
export interface ComparedStage {
  part: Part;
  /** Whether its objects are there for this change alone. */
  temporary?: true;
  stage: PlannedStage;
  /** Of the stage's objects. */
  compared: ObjectDiff[];
  /** What had been applied of the objects that the stage deletes. */
  removed: KubernetesObject[];
}

/** What the way back depends on besides the stages. */
export interface Circumstances {
  /** The mesh as it was found; undefined where there was none. */
  meshBefore: MeshState | undefined;
  restartsAtOnce: number;
}

/** The compensation of a change. */
export interface WayBack {
  rollback: UndoStage[];
  /** What it cannot put back, and why. */
  warnings: string[];
}

/**
 * The way back of a change, in the order it is gone: what came after the preparation, newest first; the workloads that
 * restarted, once more; a look at the mesh as it was, where there was one; and the preparation, newest first. Every
 * update is put back, every creation deleted, every deletion applied again, and what was not ours before is let go of.
 */
export function composeWayBack(stages: readonly ComparedStage[], circumstances: Circumstances): WayBack {
  const { meshBefore } = circumstances;
  const newestFirst = stages.toReversed();
  const after = undoAll(newestFirst.filter(({ part }) => part !== 'prepare'));
  const restarts = undoRestarts(stages, circumstances);
  const switched = after.filter(({ undone }) => undone.part === 'switch-over').map(({ undo }) => undo);
  const disturbed = [...restarts, ...switched].flatMap(({ undoes }) => undoes);
  const rollback = [
    ...after.map(({ undo }) => undo),
    ...restarts,
    ...(meshBefore === undefined || disturbed.length === 0 ? [] : [lookBack(disturbed)]),
    ...undoAll(newestFirst.filter(({ part }) => part === 'prepare')).map(({ undo }) => undo),
  ];
  const sweeping = meshBefore === undefined ? sweep(stages) : [];
  return {
    rollback: sweeping.length === 0 ? rollback : namespacesLast(rollback, sweeping),
    warnings: stages.flatMap(lossesOf),
  };
}

function undoAll(stages: readonly ComparedStage[]): { undone: ComparedStage; undo: UndoStage }[] {
  return stages.map((undone) => ({ undone, undo: undoOf(undone) })).filter(({ undo }) => hasWork(undo));
}

/** What is temporary goes, also what an interrupted change had left of it. */
function undoOf(undone: ComparedStage): UndoStage {
  return undone.temporary === true ? withdrawn(undone) : putBack(undone);
}

function withdrawn({ stage }: ComparedStage): UndoStage {
  const deletes = stage.objects.map(referenceOf);
  return undoStage({
    id: `undo-${stage.id}`,
    title: `Take back: ${stage.title}`,
    kind: StageKind.prune,
    timeoutSeconds: pruneTimeoutSeconds,
    deletes,
    changes: deletes.map((reference) => changed(reference, Change.delete)),
    undoes: [stage.id],
  });
}

function putBack({ stage, compared, removed }: ComparedStage): UndoStage {
  const updated = compared.filter(({ change }) => change.change === Change.update);
  const restored = updated.map(({ previous }) => previous).filter((previous) => previous !== undefined);
  const created = referencesOf(compared.filter(({ change }) => change.change === Change.create));
  const objects = [...restored, ...removed];
  return undoStage({
    id: `undo-${stage.id}`,
    title: `Take back: ${stage.title}`,
    kind: objects.length > 0 ? StageKind.apply : StageKind.prune,
    // A control plane that was retired must come up again.
    timeoutSeconds: Math.max(stage.timeoutSeconds, removed.length > 0 ? workloadTimeoutSeconds : 0),
    objects,
    deletes: created,
    releases: referencesOf(updated.filter(({ foreign }) => foreign)),
    changes: [
      ...restored.map((object) => changed(referenceOf(object), Change.update)),
      ...removed.map((object) => changed(referenceOf(object), Change.create)),
      ...created.map((reference) => changed(reference, Change.delete)),
    ],
    undoes: [stage.id],
  });
}

/**
 * Workloads that a stage restarts are in the mesh of after. So are those of the mesh of before that are put back while
 * the switch-over still holds, for their pods are made anew then.
 */
function undoRestarts(
  stages: readonly ComparedStage[],
  { meshBefore, restartsAtOnce }: Circumstances,
): UndoStage[] {
  const switches = stages.some((each) => each.part === 'switch-over' && hasWork(undoOf(each)));
  const touched = stages
    .map((each) => ({
      id: each.stage.id,
      restarts: [...each.stage.restarts, ...(switches ? rolledBack(each, meshBefore) : [])],
    }))
    .filter(({ restarts }) => restarts.length > 0);
  if (touched.length === 0) return [];
  const restarts = unique(touched.flatMap((stage) => stage.restarts));
  return [
    undoStage({
      id: 'undo-restart',
      title: 'Restart the workloads again',
      kind: StageKind.restart,
      timeoutSeconds: restartTimeoutSeconds(restarts.length, restartsAtOnce),
      restarts,
      undoes: touched.map(({ id }) => id),
    }),
  ];
}

function rolledBack(
  { part, stage, compared }: ComparedStage,
  meshBefore: MeshState | undefined,
): ObjectReference[] {
  if (meshBefore === undefined || part !== 'change') return [];
  const { enrolledNamespaces } = meshBefore;
  return referencesOf(compared.filter(({ change }) => rollsPods(change))).filter(
    ({ namespace = '' }) => stage.meshStage !== undefined || enrolledNamespaces.includes(namespace),
  );
}

function lookBack(undoes: string[]): UndoStage {
  return undoStage({
    id: 'undo-verify',
    title: 'Verify the mesh as it was',
    kind: StageKind.verify,
    timeoutSeconds: workloadTimeoutSeconds,
    meshStage: 'verify',
    undoes: [...new Set(undoes)],
  });
}

/** Namespaces that the change made go when the rest has gone, and what the mesh put into them. */
function namespacesLast(rollback: readonly UndoStage[], sweeping: readonly UndoStage[]): UndoStage[] {
  const holding = rollback.filter(({ deletes }) => deletes.some(isNamespace));
  const others = rollback
    .map((stage) => ({
      ...stage,
      deletes: stage.deletes.filter((reference) => !isNamespace(reference)),
      changes: stage.changes.filter(({ object }) => !stage.deletes.includes(object) || !isNamespace(object)),
    }))
    .filter((stage) => stage.kind === StageKind.verify || hasWork(stage));
  const deletes = holding.flatMap((stage) => stage.deletes.filter(isNamespace));
  if (deletes.length === 0) return [...others, ...sweeping];
  const namespaces = undoStage({
    id: 'undo-namespaces',
    title: 'Take back: the namespaces',
    kind: StageKind.prune,
    timeoutSeconds: pruneTimeoutSeconds,
    deletes,
    changes: deletes.map((reference) => changed(reference, Change.delete)),
    undoes: holding.flatMap(({ undoes }) => undoes),
  });
  return [...others, ...sweeping, namespaces];
}

/** What a mesh that was installed made by itself would hold the namespaces it lies in. */
function sweep(stages: readonly ComparedStage[]): UndoStage[] {
  const installing = stages.filter(
    ({ stage, compared }) =>
      stage.meshStage !== undefined && compared.some(({ change }) => change.change === Change.create),
  );
  if (installing.length === 0) return [];
  return [
    undoStage({
      id: 'undo-leftovers',
      title: 'Delete what the mesh made by itself',
      kind: StageKind.prune,
      timeoutSeconds: pruneTimeoutSeconds,
      sweeps: true,
      undoes: installing.map(({ stage }) => stage.id),
    }),
  ];
}

/** What cannot be put back, because nothing of it may be or could be written down. */
function lossesOf({ stage, compared, removed, temporary }: ComparedStage): string[] {
  if (temporary === true) return [];
  const kept = new Set(removed.map((object) => referenceKey(referenceOf(object))));
  const deleted = stage.deletes.filter((reference) => !kept.has(referenceKey(reference)));
  const updated = compared.filter(
    ({ change, previous }) => change.change === Change.update && previous === undefined,
  );
  return [
    ...deleted.map((reference) => loss(reference, 'what was applied of it is not kept')),
    ...updated.map(({ change, irreversible = 'nothing is known of what was applied of it' }) =>
      loss(change.object, irreversible),
    ),
  ];
}

function loss(reference: ObjectReference, why: string): string {
  return `${formatReference(reference)} is not put back when the change is taken back: ${why}.`;
}

function undoStage(
  stage: Parameters<typeof emptyStage>[0] & { undoes: string[]; changes?: ObjectChange[] },
): UndoStage {
  return { ...plannedStage(emptyStage(stage), stage.changes ?? []), undoes: stage.undoes };
}

function changed(object: ObjectReference, change: Change): ObjectChange {
  return { object, change, fields: [] };
}

function referencesOf(compared: readonly ObjectDiff[]): ObjectReference[] {
  return compared.map(({ change }) => change.object);
}

function unique(references: readonly ObjectReference[]): ObjectReference[] {
  return [...new Map(references.map((reference) => [referenceKey(reference), reference])).values()];
}
