import { groupOf, type KubernetesObject } from '@meshwright/model';

/**
 * The order in which kinds are applied; pruning goes the other way. Every wave may rely on the ones before it:
 * what others live in and are made of, then identities and settings, then what runs, then what the running
 * controllers read, and last what can refuse everything else: a webhook that comes before its backend blocks it.
 */
export const Wave = {
  definitions: 0,
  settings: 1,
  workloads: 2,
  customResources: 3,
  admission: 4,
} as const;
export type Wave = (typeof Wave)[keyof typeof Wave];

const definitions = new Set(['/Namespace', 'apiextensions.k8s.io/CustomResourceDefinition']);

const settings = new Set([
  '/ServiceAccount',
  '/ConfigMap',
  '/Secret',
  '/LimitRange',
  '/ResourceQuota',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'networking.k8s.io/NetworkPolicy',
  'networking.k8s.io/IngressClass',
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/CSIDriver',
]);

/** Groups that the API server itself, and not a CRD, serves and that have no place of their own above. */
const builtInGroups = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** The wave an object belongs to. */
export function waveOf(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): Wave {
  const group = groupOf(object.apiVersion);
  const kind = `${group}/${object.kind}`;
  if (definitions.has(kind)) return Wave.definitions;
  if (settings.has(kind)) return Wave.settings;
  if (group === 'admissionregistration.k8s.io') return Wave.admission;
  return builtInGroups.has(group) ? Wave.workloads : Wave.customResources;
}

/** The items by wave, in the order to apply them; empty waves are left out. */
export function inWaves<Item>(items: readonly Item[], wave: (item: Item) => Wave): Item[][] {
  const waves = new Map<Wave, Item[]>(Object.values(Wave).map((each) => [each, []]));
  for (const item of items) waves.get(wave(item))?.push(item);
  return [...waves.values()].filter((members) => members.length > 0);
}

/** Whether an object is a CustomResourceDefinition. */
export function isDefinition(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return object.kind === 'CustomResourceDefinition' && groupOf(object.apiVersion) === 'apiextensions.k8s.io';
}

/** Whether an object is a Namespace. */
export function isNamespace(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return object.kind === 'Namespace' && object.apiVersion === 'v1';
}
