import {
  type ClusterClient,
  type Inventory,
  type InventoryMember,
  isNamespace,
  type TargetRecord,
} from '@meshwright/cluster';
import { isMeshwrightError, type KubernetesObject, type PatternSnapshot } from '@meshwright/model';
import type { Installation, MeshChange, MeshPlan, MeshPlugin, PlanningContext } from '@meshwright/plugin-sdk';

/** What planning finds on a target, and what the mesh wants done about it. */
export interface Found {
  change: MeshChange;
  meshPlan: MeshPlan;
  members: InventoryMember[];
  record: TargetRecord | undefined;
  /** The live namespaces of the pattern, and those it owns. */
  namespaces: KubernetesObject[];
}

export interface Observation {
  cluster: ClusterClient;
  inventory: Inventory;
  plugin: MeshPlugin;
  context: PlanningContext;
  /** What the mesh is asked to plan, but for what is there. */
  asked: Omit<MeshChange, 'installations'>;
  /** Throws when nothing is to be planned, given what was written down last. */
  admit: (record: TargetRecord | undefined) => void;
}

/** Up to so many namespaces are read one by one; more are listed. */
const fewNamespaces = 4;

/**
 * Looks at what is there, all at once: the mesh, what the pattern owns, and its namespaces. The plugin plans as soon as
 * it knows the installations.
 */
export async function observeTarget(observation: Observation): Promise<Found> {
  const { inventory, plugin, context } = observation;
  const admitted = inventory.readRecord(context.signal).then((record) => {
    observation.admit(record);
    return record;
  });
  const members = inventory.members(context.signal);
  const planned = Promise.all([plugin.detect(context), admitted]).then(([installations]) =>
    planMesh(observation, installations),
  );
  const [found, ...rest] = await Promise.all([
    planned,
    members,
    admitted,
    namespacesOf(observation, members),
  ]);
  const [owned, record, namespaces] = rest;
  return { ...found, members: owned, record, namespaces };
}

async function planMesh(
  { plugin, context, asked }: Observation,
  installations: Installation[],
): Promise<Pick<Found, 'change' | 'meshPlan'>> {
  const change = { ...asked, installations };
  return { change, meshPlan: await plugin.plan(change, context) };
}

async function namespacesOf(
  { cluster, asked }: Observation,
  members: Promise<InventoryMember[]>,
): Promise<KubernetesObject[]> {
  const owned = (await members).filter(({ object }) => isNamespace(object)).map(({ object }) => object.name);
  return readNamespaces(cluster, [...namesIn(asked.snapshot), ...owned]);
}

function namesIn({ pattern }: PatternSnapshot): string[] {
  return pattern.spec.workloads.map(({ namespace }) => namespace);
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
