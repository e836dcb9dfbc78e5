import type { Scene } from './scene.ts';

/** A cluster read by other means than Meshwright's own: kubectl alone. */
interface Item {
  kind: string;
  metadata: {
    name: string;
    uid: string;
    namespace?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { name: string; kind: string }[];
  };
  /** Of a pod. */
  spec?: { containers?: { image: string }[]; initContainers?: { image: string }[] };
}

/** What the inventory of a pattern declares, and what carries its label. */
export interface ClusterInventory {
  /** The declared kinds, as `Kind.group`, and namespaces. */
  declared: string[];
  /** The kinds and namespaces that the live members have. */
  needed: string[];
  /** As `Kind namespace/name`, sorted. */
  members: string[];
}

const partOf = 'applyset.kubernetes.io/part-of';

/** Reads the inventory; undefined when there is none. */
export async function readInventory(scene: Scene, pattern: string): Promise<ClusterInventory | undefined> {
  const parents = await list(scene, ['configmap', '--namespace', 'meshwright-system']);
  const parent = parents.find(({ metadata }) => metadata.name === pattern);
  if (parent === undefined) return undefined;
  const id = parent.metadata.labels?.['applyset.kubernetes.io/id'] ?? '';
  const members = await membersOf(scene, id);
  const annotations = parent.metadata.annotations ?? {};
  return {
    declared: [
      ...split(annotations['applyset.kubernetes.io/contains-group-kinds']),
      ...split(annotations['applyset.kubernetes.io/additional-namespaces']),
    ].sort(),
    needed: [
      ...new Set(members.flatMap(({ groupKind, item }) => [groupKind, item.metadata.namespace ?? groupKind])),
    ].sort(),
    members: members.map(({ item }) => nameOf(item)).sort(),
  };
}

/**
 * Every object with the label, of every kind there is. Controllers copy labels to what they make: that has owners, but
 * for Endpoints, which have the labels of their Service.
 */
async function membersOf(scene: Scene, id: string): Promise<{ item: Item; groupKind: string }[]> {
  const kinds = (await scene.kubectl('api-resources', '--verbs=list,delete', '--output=name'))
    .trim()
    .split('\n');
  const items = await list(scene, [kinds.join(','), '--all-namespaces', '--selector', `${partOf}=${id}`]);
  return items
    .filter(({ kind, metadata }) => kind !== 'Endpoints' && metadata.ownerReferences === undefined)
    .map((item) => ({ item, groupKind: groupKindOf(item) }));
}

function groupKindOf(item: Item & { apiVersion?: string }): string {
  const [group, version] = (item.apiVersion ?? '').split('/');
  return version === undefined ? item.kind : `${item.kind}.${group ?? ''}`;
}

/** How often the pods of each Deployment were rolled out: 1 for one that was applied once, or many times alike. */
export async function countRollouts(
  scene: Scene,
): Promise<Record<string, { generation: number; replicaSets: number }>> {
  const items = await list(scene, ['deployments,replicasets', '--all-namespaces']);
  const deployments = items.filter(({ kind }) => kind === 'Deployment');
  return Object.fromEntries(
    deployments.map((deployment) => {
      const { namespace, name, generation = 0 } = deployment.metadata;
      const replicaSets = items.filter(
        ({ kind, metadata }) =>
          kind === 'ReplicaSet' &&
          metadata.namespace === namespace &&
          metadata.ownerReferences?.some((owner) => owner.name === name) === true,
      ).length;
      return [`${namespace ?? ''}/${name}`, { generation, replicaSets }];
    }),
  );
}

/** The names of all namespaces. */
export async function namespaces(scene: Scene): Promise<string[]> {
  return (await list(scene, ['namespaces'])).map(({ metadata }) => metadata.name);
}

/** Removes what all patterns installed, with the very command that people are told. */
export async function removeEverything(scene: Scene): Promise<void> {
  for (const parent of await list(scene, ['configmap', '--namespace', 'meshwright-system'])) {
    const id = parent.metadata.labels?.['applyset.kubernetes.io/id'];
    if (id === undefined) continue;
    const kinds = [...new Set((await membersOf(scene, id)).map(({ groupKind }) => groupKind))];
    const selector = ['--all-namespaces', '--selector', `${partOf}=${id}`];
    if (kinds.length > 0) await scene.kubectl('delete', kinds.join(','), ...selector);
    await scene.kubectl('delete', 'configmap', '--namespace', 'meshwright-system', parent.metadata.name);
  }
}

/** What `kubectl get` gives for a query. */
export async function list(scene: Scene, query: string[]): Promise<Item[]> {
  return (JSON.parse(await scene.kubectl('get', ...query, '--output=json')) as { items: Item[] }).items;
}

function nameOf({ kind, metadata: { namespace, name } }: Item): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function split(text = ''): string[] {
  return text.split(',').filter((part) => part !== '');
}
