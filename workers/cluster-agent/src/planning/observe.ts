import type { ClusterClient, Inventory, InventoryMember, TargetRecord } from '@meshwright/cluster';
import { isMeshwrightError, type KubernetesObject, type PatternSnapshot } from '@meshwright/model';
import type { Installation, MeshPlugin, PluginContext } from '@meshwright/plugin-sdk';

/** What planning finds on a target, read at once. */
export interface Found {
  installations: Installation[];
  members: InventoryMember[];
  record: TargetRecord | undefined;
  /** The live namespaces of the pattern, and those it owns. */
  namespaces: KubernetesObject[];
}

/** Up to so many namespaces are read one by one; more are listed. */
const fewNamespaces = 4;

/** Looks at what is there: the mesh, what the pattern owns, and its namespaces. */
export async function observeTarget(
  { pattern }: PatternSnapshot,
  tools: { cluster: ClusterClient; inventory: Inventory; plugin: MeshPlugin; context: PluginContext },
): Promise<Found> {
  const { cluster, inventory, plugin, context } = tools;
  const owning = inventory.members(context.signal);
  const named = pattern.spec.workloads.map(({ namespace }) => namespace);
  const [installations, members, record, namespaces] = await Promise.all([
    plugin.detect(context),
    owning,
    inventory.readRecord(),
    owning.then((members) =>
      readNamespaces(cluster, [...named, ...members.filter(isNamespace).map(({ object }) => object.name)]),
    ),
  ]);
  return { installations, members, record, namespaces };
}

function isNamespace({ object }: InventoryMember): boolean {
  return object.apiVersion === 'v1' && object.kind === 'Namespace';
}

async function readNamespaces(cluster: ClusterClient, names: readonly string[]): Promise<KubernetesObject[]> {
  const wanted = new Set(names);
  if (wanted.size > fewNamespaces) {
    const all = await listNamespaces(cluster);
    if (all !== undefined) return all.filter(({ metadata }) => wanted.has(metadata.name));
  }
  const found = await Promise.all(
    [...wanted].map((name) => cluster.get({ apiVersion: 'v1', kind: 'Namespace', name })),
  );
  return found.filter((namespace) => namespace !== undefined);
}

/** Undefined for an identity that may read namespaces by name only. */
async function listNamespaces(cluster: ClusterClient): Promise<KubernetesObject[] | undefined> {
  try {
    return await cluster.list({ apiVersion: 'v1', kind: 'Namespace' });
  } catch (error) {
    if (isMeshwrightError(error) && error.code === 'CLUSTER_UNAUTHORIZED') return undefined;
    throw error;
  }
}
