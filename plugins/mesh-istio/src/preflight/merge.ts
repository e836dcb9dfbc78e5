import { type KubernetesObject, referenceKey, referenceOf } from '@meshwright/model';
import { ourManager } from '@meshwright/plugin-sdk';
import { managerOf } from '../managers.ts';
import { gatewayNamespace, systemNamespace } from '../names.ts';
import { kinds, workloadKinds } from './kinds.ts';
import type { Lists } from './lists.ts';
import { type Kind, type Subject, type Unreadable, merge, partOf } from './subject.ts';
import type { Objects } from './view.ts';

/** The objects of the pattern and of the cluster together, as they are once the change is made. */
export function mergeObjects(
  pattern: readonly KubernetesObject[],
  lists: Lists,
): Objects & { unreadable: Unreadable[] } {
  const ours = inventoriesOf(pattern, lists);
  const unreadable: Unreadable[] = [];
  const subjects = <T>(part: keyof Objects, kind: Kind<T>): Subject<T>[] => {
    const live = lists.of(part).filter((object) => object.kind === kind.kind);
    const merged = merge(kind, { pattern, live, ours, kept: isOfMesh });
    unreadable.push(...merged.unreadable);
    return merged.subjects;
  };
  return {
    virtualServices: subjects('virtualServices', kinds.virtualServices),
    destinationRules: subjects('destinationRules', kinds.destinationRules),
    gateways: subjects('gateways', kinds.gateways),
    serviceEntries: subjects('serviceEntries', kinds.serviceEntries),
    sidecars: subjects('sidecars', kinds.sidecars),
    authorizationPolicies: subjects('authorizationPolicies', kinds.authorizationPolicies),
    peerAuthentications: subjects('peerAuthentications', kinds.peerAuthentications),
    services: subjects('services', kinds.services),
    namespaces: subjects('namespaces', kinds.namespaces),
    injectors: subjects('injectors', kinds.injectors),
    validators: subjects('validators', kinds.validators),
    workloads: workloadKinds.flatMap((kind) => subjects('workloads', kind)),
    nodeParts: subjects('nodeParts', kinds.nodeParts).filter(({ fromPattern }) => !fromPattern),
    networkPolicies: subjects('networkPolicies', kinds.networkPolicies),
    budgets: subjects('budgets', kinds.budgets),
    definitions: subjects('definitions', kinds.definitions),
    unreadable,
  };
}

/** The inventories that are the pattern's: of what it holds, and of the injectors that Meshwright keeps. */
function inventoriesOf(pattern: readonly KubernetesObject[], lists: Lists): Set<string> {
  const keys = new Set(pattern.map((object) => referenceKey(referenceOf(object))));
  const ours = [
    ...lists.all().filter((object) => keys.has(referenceKey(referenceOf(object)))),
    ...lists.of('injectors').filter((object) => managerOf(object) === ourManager),
  ];
  return new Set(ours.map(({ metadata }) => metadata.labels?.[partOf]).filter((id) => id !== undefined));
}

/** Whether the mesh's own charts may bring an object, so that its absence from the pattern means nothing. */
function isOfMesh({ metadata: { namespace } }: KubernetesObject): boolean {
  return namespace === undefined || namespace === systemNamespace || namespace === gatewayNamespace;
}
