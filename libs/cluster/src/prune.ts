import {
  formatReference,
  isMeshwrightError,
  MeshwrightError,
  messageOf,
  type ObjectReference,
} from '@meshwright/model';
import { setOf } from './apply-set.ts';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { contentOf, definedResource } from './content.ts';
import { awaitGone, holderOf } from './deletion.ts';
import { type Inventory, type InventoryMember } from './inventory.ts';
import { objectsAt } from './json.ts';
import { bounded } from './lines.ts';
import { inWaves, isDefinition, isNamespace, waveOf } from './waves.ts';

export interface PruneOptions {
  inventory: Inventory;
  /** The most objects that may be deleted. */
  budget: number;
  /** Stops before the next object. */
  signal?: AbortSignal;
  concurrency?: number;
  /** How long the objects of one wave may take to be gone; default 30 seconds. */
  goneMs?: number;
}

/** What pruning left behind, and why; such objects stay in the inventory. */
export interface Survivor {
  object: ObjectReference;
  reason: string;
  /** It was not tried, because of what others have there; else it should have gone and did not. */
  spared?: true;
}

export interface PruneResult {
  deleted: ObjectReference[];
  survivors: Survivor[];
}

/**
 * Deletes objects of an inventory, in the reverse order of applying, and then narrows the inventory to what is left.
 * Only what is still the same object (uid) and still carries the inventory's label is deleted; a definition stays while
 * custom resources of its kind are left, and a Namespace while it holds anything of others.
 * @throws MeshwrightError DELETE_BUDGET_EXCEEDED before anything is deleted; CLUSTER_UNREACHABLE. The signal's reason on
 *   abort; what was not deleted by then is still in the inventory.
 */
export async function pruneObjects(
  client: ClusterClient,
  members: readonly InventoryMember[],
  options: PruneOptions,
): Promise<PruneResult> {
  const { inventory, budget, signal, concurrency = 16 } = options;
  if (members.length > budget) throw budgetExceeded(client, members, budget);
  const result: PruneResult = { deleted: [], survivors: [] };
  for (const wave of inWaves(members, ({ object }) => waveOf(object)).reverse()) {
    for (const group of [
      wave.filter(({ object }) => !isNamespace(object)),
      wave.filter(({ object }) => isNamespace(object)),
    ]) {
      const outcomes = await mapConcurrently(group, concurrency, (member) =>
        pruneOne(client, member, options),
      );
      signal?.throwIfAborted();
      if (outcomes.length > 0) await settle(client, outcomes, options, result);
    }
  }
  await inventory.shrink([]);
  return result;
}

interface Outcome {
  member: InventoryMember;
  survives?: Omit<Survivor, 'object'>;
}

async function pruneOne(
  client: ClusterClient,
  member: InventoryMember,
  options: PruneOptions,
): Promise<Outcome> {
  const { object, uid } = member;
  if (options.signal?.aborted === true) return { member, survives: { reason: 'stopped before it' } };
  const live = await client.getHeader(object);
  if (live?.metadata.uid !== uid) return { member };
  try {
    const obstacle = await obstacleOf(client, live, object, options.inventory);
    if (obstacle !== undefined) return { member, survives: { reason: obstacle, spared: true } };
    await client.delete(object, uid);
    return { member };
  } catch (error) {
    if (!isMeshwrightError(error) || error.retryable) throw error;
    return { member, survives: { reason: messageOf(error) } };
  }
}

async function obstacleOf(
  client: ClusterClient,
  live: ObjectHeader,
  object: ObjectReference,
  inventory: Inventory,
): Promise<string | undefined> {
  if (setOf(live) !== inventory.id) return 'it does not carry the label of this inventory any more';
  if (isDefinition(object)) return remainingResources(client, object);
  if (isNamespace(object)) return foreignContent(client, object.name, inventory.id);
  return undefined;
}

/** Deleting a definition deletes every resource of its kind, also those of others. */
async function remainingResources(
  client: ClusterClient,
  definition: ObjectReference,
): Promise<string | undefined> {
  const resource = await definedResource(client, definition);
  if (resource === undefined) return undefined;
  const page = await client.listPage<ObjectHeader>(resource, { limit: 1 });
  if (typeof page === 'string' || page.items.length === 0) return undefined;
  const count = page.items.length + (page.remaining ?? 0);
  return `${count} objects of its kind ${resource.kind} are left`;
}

/** Deleting a Namespace deletes all it holds: that must be nothing of others. */
async function foreignContent(
  client: ClusterClient,
  namespace: string,
  set: string,
): Promise<string | undefined> {
  const content = await contentOf(client, namespace);
  const foreign = content.filter((header) => isForeign(header, set));
  if (foreign.length === 0) return undefined;
  const names = foreign.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return `it holds objects of others: ${bounded(names, 5).join(', ')}`;
}

function isForeign(header: ObjectHeader, set: string): boolean {
  return setOf(header) !== set && objectsAt(header.metadata, 'ownerReferences').length === 0;
}

/** Waits until the deleted objects of a wave are gone; what stays is a survivor. */
async function settle(
  client: ClusterClient,
  outcomes: readonly Outcome[],
  options: PruneOptions,
  result: PruneResult,
): Promise<void> {
  const { signal, goneMs: timeoutMs = 30_000 } = options;
  await mapConcurrently(outcomes, outcomes.length, async ({ member: { object, uid }, survives }) => {
    if (survives !== undefined) {
      result.survivors.push({ object, ...survives });
      return;
    }
    const left = await awaitGone(client, object, { uid, timeoutMs, signal });
    if (left === undefined) result.deleted.push(object);
    else result.survivors.push({ object, reason: holderOf(left) });
  });
}

function budgetExceeded(
  client: ClusterClient,
  members: readonly InventoryMember[],
  budget: number,
): MeshwrightError {
  return new MeshwrightError(
    'DELETE_BUDGET_EXCEEDED',
    `${members.length} objects would be deleted from the cluster "${client.name}", at most ${budget} may be. Nothing was deleted.`,
    {
      where: `cluster ${client.name}`,
      lines: bounded(
        members.map(({ object }) => formatReference(object)),
        50,
      ),
      remedy: 'Check that the pattern did not lose its content by mistake; then raise the delete budget.',
    },
  );
}
