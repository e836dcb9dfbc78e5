import type { Inventory } from '@meshwright/cluster';
import { formatReference, type OwnedObjects } from '@meshwright/model';

const sampleSize = 50;

/** What a pattern owns on a target, with the command that would remove it by hand. */
export async function listOwned(inventory: Inventory, signal: AbortSignal): Promise<OwnedObjects> {
  const members = await inventory.members(signal);
  const names = members.map(({ object }) => formatReference(object)).sort();
  const kinds = [...new Set(members.map(({ object }) => object.kind))].sort();
  return {
    total: members.length,
    sample: names.slice(0, sampleSize),
    removal: `kubectl delete ${kinds.join(',')} --all-namespaces --selector applyset.kubernetes.io/part-of=${inventory.id}`,
  };
}
