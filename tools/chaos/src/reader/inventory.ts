import type { LiveObject } from './cluster.ts';
import type { Observation, Violation } from './observation.ts';

const label = {
  partOf: 'applyset.kubernetes.io/part-of',
  id: 'applyset.kubernetes.io/id',
  kinds: 'applyset.kubernetes.io/contains-group-kinds',
  namespaces: 'applyset.kubernetes.io/additional-namespaces',
} as const;
const engineManager = 'meshwright';

/**
 * Invariant 2: the inventory is a superset of the live managed objects. Whatever the engine has applied carries the
 * label of an inventory, and whatever carries it is declared by its parent.
 */
export function checkInventory({ live }: Observation): Violation[] {
  const parents = new Map(
    live
      .filter(({ kind, labels }) => kind === 'ConfigMap' && label.id in labels)
      .map((parent) => [parent.labels[label.id] ?? '', parent]),
  );
  const problems = live.flatMap((object) => {
    const set = object.labels[label.partOf];
    const isOurs = object.appliers.includes(engineManager);
    // Controllers copy labels to what they make, which has owners, but for the Endpoints of a Service.
    if (!isOurs && (set === undefined || object.hasOwners || object.kind.startsWith('Endpoint'))) return [];
    if (set === undefined) return [`${nameOf(object)} was applied by Meshwright and is in no inventory.`];
    const parent = parents.get(set);
    if (parent === undefined)
      return [`${nameOf(object)} belongs to the inventory ${set}, which is not there.`];
    return declares(parent, object)
      ? []
      : [`${nameOf(object)} is of a kind or namespace that its inventory does not declare.`];
  });
  return problems.map((what) => ({ invariant: 2, what }));
}

function declares(parent: LiveObject, { kind, group, namespace }: LiveObject): boolean {
  const kinds = listed(parent.annotations[label.kinds]);
  const namespaces = [...listed(parent.annotations[label.namespaces]), parent.namespace];
  const isKindDeclared = kinds.includes(group === '' ? kind : `${kind}.${group}`);
  return isKindDeclared && (namespace === undefined || namespaces.includes(namespace));
}

function nameOf({ kind, namespace, name }: LiveObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function listed(text = ''): string[] {
  return text.split(',').map((part) => part.trim());
}
