import {
  cascadesOf,
  type ClusterClient,
  diffObjects,
  type Inventory,
  type InventoryMember,
  type KeptSecrets,
  readApplied,
} from '@meshwright/cluster';
import {
  Change,
  type Leftover,
  type ObjectChange,
  type ObjectReference,
  referenceKey,
  referenceOf,
} from '@meshwright/model';
import { refuseSecrets } from './secrets.ts';
import { type ComposedStage, plannedStage } from './stage.ts';
import type { ComparedStage } from './undo.ts';

/** How stages are compared with a target. */
export interface Comparison {
  cluster: ClusterClient;
  inventory: Inventory;
  kept: KeptSecrets;
  /** What the inventory holds, as it was just read. */
  members: readonly InventoryMember[];
  /** Whether fields of other managers are taken over. */
  force: boolean;
  /** Whether objects of another tool are. */
  takeover: boolean;
  /** API groups whose kinds come with the mesh. */
  comingGroups?: readonly string[] | undefined;
  signal: AbortSignal;
}

/**
 * What the stages change, as the server says it, and what it takes to put it back. Objects that do not change cost no
 * request of their own.
 * @throws MeshwrightError UNSUPPORTED for Secrets with content, FIELD_CONFLICT with a line for each field of all objects in conflict,
 *   FOREIGN_OBJECT and what else an apply is refused for.
 */
export async function compareStages(
  stages: readonly ComposedStage[],
  comparison: Comparison,
): Promise<ComparedStage[]> {
  const { cluster, inventory, kept, members, force, takeover, signal } = comparison;
  const { comingGroups = [] } = comparison;
  const objects = stages.flatMap((stage) => stage.objects);
  // What is temporary is never put back, and mostly not there yet.
  const deletes = stages.filter(({ temporary }) => temporary !== true).flatMap((stage) => stage.deletes);
  refuseSecrets(objects);
  const [diffs, removed, cascades] = await Promise.all([
    diffObjects(cluster, await kept.fill(objects), {
      inventory,
      members,
      force,
      takeover,
      comingGroups,
      signal,
    }),
    readApplied(cluster, deletes, signal),
    cascadesOf(cluster, deletes, signal),
  ]);
  const applied = new Map(removed.map((object) => [referenceKey(referenceOf(object)), object]));
  let next = 0;
  return stages.map((stage) => {
    const own = diffs.slice(next, next + stage.objects.length);
    next += stage.objects.length;
    const contents = stage.deletes.map((reference) => applied.get(referenceKey(reference)));
    const changes = [...own.map(({ change }) => change), ...removals(stage, cascades, inventory.id)];
    return {
      part: stage.part,
      ...(stage.temporary === undefined ? {} : { temporary: stage.temporary }),
      stage: plannedStage(stage, changes),
      compared: own,
      removed: contents.filter((content) => content !== undefined),
    };
  });
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
