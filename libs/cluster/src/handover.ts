import { formatReference, MeshwrightError, type ObjectReference } from '@meshwright/model';
import { ApplySet, setOf } from './apply-set.ts';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { appliedAnnotation, inventoryManager } from './field-managers.ts';
import { type Inventory } from './inventory.ts';
import { objectsAt, type JsonObject } from './json.ts';
import { type FieldsEntry, fieldsEntries, isApplied } from './managed-fields.ts';

/**
 * The field managers of the tools that install a mesh once and then leave it: `istioctl` (it applies as
 * `istio-operator`), Helm and kubectl, and the name that the API server gives to what is older than managed fields.
 */
export const installerManagers: readonly string[] = [
  'istio-operator',
  'istioctl',
  'helm',
  'kubectl',
  'kubectl-client-side-apply',
  'kubectl-create',
  'kubectl-replace',
  'before-first-apply',
];

/** Whether an entry is an earlier tool's, of the object itself. */
export function isInstallers(
  { manager, subresource }: FieldsEntry,
  managers: readonly string[] = installerManagers,
): boolean {
  return subresource === undefined && managers.includes(manager);
}

/**
 * Lets objects stay on the cluster and leave the inventory: takes the set's label and our mark from them and gives up
 * the fields that we applied, and then narrows the inventory. What is gone, or not of this inventory, is left alone.
 * Safe to repeat.
 */
export async function releaseObjects(
  client: ClusterClient,
  references: readonly ObjectReference[],
  options: { inventory: Inventory; signal?: AbortSignal | undefined },
): Promise<void> {
  const { inventory, signal } = options;
  await changeAll(client, references, signal, (live) => {
    if (setOf(live) !== inventory.id) return undefined;
    return {
      labels: { [ApplySet.partOf]: null },
      annotations: { [appliedAnnotation]: null },
      managedFields: entriesWithout(live, isApplied),
    };
  });
  await inventory.shrink([]);
}

/**
 * Ends what an earlier tool owned of objects: removes its entries from `managedFields`, so that it no longer counts as
 * an owner of fields. Values stay as they are, and nothing restarts. What is gone is left alone. Safe to repeat.
 */
export async function takeOwnership(
  client: ClusterClient,
  references: readonly ObjectReference[],
  options: { managers?: readonly string[]; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const isTheirs = (entry: FieldsEntry): boolean => isInstallers(entry, options.managers);
  await changeAll(client, references, options.signal, (live) => {
    if (!fieldsEntries(live).some(isTheirs)) return undefined;
    return { managedFields: entriesWithout(live, isTheirs) };
  });
}

/** The raw entries that stay; an empty entry stands for none, as the API server wants it. */
function entriesWithout(live: ObjectHeader, goes: (entry: FieldsEntry) => boolean): JsonObject[] {
  const parsed = fieldsEntries(live);
  const kept = objectsAt(live.metadata, 'managedFields').filter((_, index) => {
    const entry = parsed[index];
    return entry !== undefined && !goes(entry);
  });
  return kept.length === 0 ? [{}] : kept;
}

const attempts = 5;

/** Patches the metadata of each object with what the change gives, unless it gives nothing. */
async function changeAll(
  client: ClusterClient,
  references: readonly ObjectReference[],
  signal: AbortSignal | undefined,
  change: (live: ObjectHeader) => JsonObject | undefined,
): Promise<void> {
  await mapConcurrently(references, 16, async (reference) => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      signal?.throwIfAborted();
      const live = await client.getHeader(reference, signal);
      const metadata = live && change(live);
      if (metadata === undefined) return;
      const { uid, resourceVersion } = live?.metadata ?? {};
      const patch = { metadata: { uid, resourceVersion, ...metadata } };
      const patched = await client.mergePatch(reference, patch, { fieldManager: inventoryManager, signal });
      if (patched !== 'conflict') return;
    }
    throw new MeshwrightError(
      'API_REFUSED',
      `${formatReference(reference)} on the cluster "${client.name}" is being changed by somebody else all the time.`,
      { where: `cluster ${client.name}`, remedy: 'Find out who writes it again and again, then try again.' },
    );
  });
}
