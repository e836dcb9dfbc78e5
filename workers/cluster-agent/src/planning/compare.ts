import {
  cascadesOf,
  type ClusterClient,
  diffObjects,
  type Inventory,
  type ObjectDiff,
  readApplied,
} from '@meshwright/cluster';
import {
  Change,
  type KubernetesObject,
  type Leftover,
  type ObjectChange,
  type ObjectReference,
  referenceKey,
  referenceOf,
} from '@meshwright/model';
import { contentBefore } from './content-before.ts';
import { isSecret, refuseSecrets } from './secrets.ts';
import { type ComposedStage, plannedStage } from './stage.ts';
import type { ComparedObject, ComparedStage } from './undo.ts';

/** How stages are compared with a target. */
export interface Comparison {
  cluster: ClusterClient;
  inventory: Inventory;
  /** Whether fields of other managers are taken over. */
  force: boolean;
  /** Whether objects of another tool are. */
  takeover: boolean;
  signal: AbortSignal;
}

/**
 * What the stages change, as the server says it, and what it takes to put it back. Objects that do not change cost no
 * request of their own.
 * @throws MeshwrightError UNSUPPORTED for Secrets, FIELD_CONFLICT, FOREIGN_OBJECT and what else an apply is refused for.
 */
export async function compareStages(
  stages: readonly ComposedStage[],
  comparison: Comparison,
): Promise<ComparedStage[]> {
  const { cluster, inventory, force, takeover, signal } = comparison;
  const objects = stages.flatMap((stage) => stage.objects);
  const deletes = stages.flatMap((stage) => stage.deletes);
  refuseSecrets(objects);
  const [diffs, removed, cascades] = await Promise.all([
    diffObjects(cluster, objects, { inventory, force, takeover, signal }),
    readApplied(cluster, deletes, signal),
    cascadesOf(cluster, deletes, signal),
  ]);
  const compared = await Promise.all(
    objects.map((desired, index) => withBefore(desired, diffs[index], { cluster, signal })),
  );
  const applied = new Map(removed.map((object) => [referenceKey(referenceOf(object)), object]));
  let next = 0;
  return stages.map((stage) => {
    const own = compared.slice(next, next + stage.objects.length);
    next += stage.objects.length;
    const contents = stage.deletes.map((reference) => applied.get(referenceKey(reference)));
    const changes = [...own.map(({ change }) => change), ...removals(stage, cascades, inventory.id)];
    return {
      part: stage.part,
      stage: plannedStage(stage, changes),
      compared: own,
      removed: contents.filter((content) => content !== undefined),
    };
  });
}

/** Nothing of a Secret is written down, and what is created had no content before. */
async function withBefore(
  desired: KubernetesObject,
  diff: ObjectDiff | undefined,
  { cluster, signal }: Pick<Comparison, 'cluster' | 'signal'>,
): Promise<ComparedObject> {
  if (diff === undefined)
    throw new TypeError(`There is no comparison of ${desired.kind} ${desired.metadata.name}.`);
  const { change, foreign, previous, irreversible } = diff;
  if (change.change !== Change.update) return { change, foreign };
  if (isSecret(desired) || irreversible !== undefined) {
    return { change, foreign, irreversible: irreversible ?? 'its content is not kept: it is a Secret' };
  }
  const isDrift = change.fields.some(({ driftedBy }) => driftedBy !== undefined);
  if (!foreign && !isDrift)
    return { change, foreign, ...(previous === undefined ? {} : { before: previous }) };
  const live = await cluster.get(change.object, signal);
  if (live === undefined) return { change, foreign };
  return { change, foreign, before: contentBefore({ live, desired, previous }) };
}

function removals(
  { deletes, leftovers, releases }: ComposedStage,
  cascades: Awaited<ReturnType<typeof cascadesOf>>,
  inventoryId: string,
): ObjectChange[] {
  const gone = [...deletes, ...leftovers.map(referenceTo)];
  const deletions = gone.map((object) => {
    const cascade = cascades.get(referenceKey(object));
    return { object, change: Change.delete, fields: [], ...(cascade === undefined ? {} : { cascade }) };
  });
  const label = { path: '/metadata/labels/applyset.kubernetes.io~1part-of', before: inventoryId };
  return [...deletions, ...releases.map((object) => ({ object, change: Change.update, fields: [label] }))];
}

function referenceTo({ apiVersion, kind, name, namespace }: Leftover): ObjectReference {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
