import { deleteLeftovers, pruneObjects, type Survivor } from '@meshwright/cluster';
import { formatReference, MeshwrightError, plural, Purpose, referenceKey } from '@meshwright/model';
import type { StageTools } from './apply-stage.ts';
import type { FoundStage } from './find-stage.ts';

/** A namespace takes its content along, and pods a while to end. */
const defaultGoneMs = 60_000;
const mostNames = 5;

/**
 * Deletes what the plan names of the inventory, and the leftovers; never more. What others still use stays and is said.
 * @throws MeshwrightError NOT_DELETED with what did not go and why, where the stages after it or the end rely on it. What
 *   a pattern merely no longer holds is tried again by the next change instead.
 */
export async function deletePlanned(found: FoundStage, tools: StageTools): Promise<string[]> {
  const { plan, stage, isUndo } = found;
  const { cluster, signal, goneMs = defaultGoneMs } = tools;
  const leftovers = stage.sweeps === true ? await tools.made() : stage.leftovers;
  if (stage.deletes.length + leftovers.length === 0) return [];
  const pruned = await pruneMembers(found, tools);
  const left = await deleteLeftovers(cluster, leftovers, { signal, goneMs });
  const stuck = [...pruned.survivors.filter(({ spared }) => spared === undefined), ...left];
  const mustGo = isUndo || plan.purpose === Purpose.uninstall || stage.meshStage !== undefined;
  if (mustGo && stuck.length > 0) throw notDeleted(cluster.name, stuck);
  const spared = pruned.survivors.filter((survivor) => survivor.spared === true);
  return [
    `${pruned.deleted.length + leftovers.length - left.length} deleted`,
    ...(spared.length === 0 ? [] : [`${spared.length} kept: ${described(spared)}`]),
    ...(stuck.length === 0
      ? []
      : [`${stuck.length} could not be deleted and stay in the inventory: ${described(stuck)}`]),
  ];
}

async function pruneMembers({ stage }: FoundStage, tools: StageTools) {
  const { cluster, inventory, signal, goneMs = defaultGoneMs } = tools;
  if (stage.deletes.length === 0) return { deleted: [], survivors: [] };
  const planned = new Set(stage.deletes.map(referenceKey));
  const members = await inventory.members(signal);
  return pruneObjects(
    cluster,
    members.filter(({ object }) => planned.has(referenceKey(object))),
    { inventory, budget: planned.size, signal, goneMs },
  );
}

function described(survivors: readonly Survivor[]): string {
  const shown = survivors.slice(0, mostNames).map(line).join('; ');
  return survivors.length > mostNames ? `${shown}; and ${survivors.length - mostNames} more` : shown;
}

function line({ object, reason }: Survivor): string {
  return `${formatReference(object)}: ${reason}`;
}

function notDeleted(cluster: string, stuck: readonly Survivor[]): MeshwrightError {
  const [first] = stuck;
  return new MeshwrightError(
    'NOT_DELETED',
    `${plural(stuck.length, 'object')} on the cluster "${cluster}" could not be deleted. ${first === undefined ? '' : line(first)}`,
    {
      where: `cluster ${cluster}`,
      lines: stuck.slice(0, 50).map(line),
      remedy:
        'Remove what holds them (a finalizer, an admission policy), then try again: it goes on with what is left.',
    },
  );
}
