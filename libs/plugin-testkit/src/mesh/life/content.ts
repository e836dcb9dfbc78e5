import type { KubernetesObject } from '@meshwright/model';

/** What the server, its controllers, restarts and the mesh's own controllers write, and what another object of the name gets. */
const passing = new Set([
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'status',
  'caBundle',
  'clusterIP',
  'clusterIPs',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  'batch.kubernetes.io/controller-uid',
  'controller-uid',
]);
const ourMarks = 'meshwright.dev/';

/** The content of an object that lasts: the same before and after a change that was taken back. */
export function contentOf(object: KubernetesObject): unknown {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (isPassing(key) ? undefined : emptied(value))),
  );
}

function isPassing(key: string): boolean {
  return passing.has(key) || key.startsWith(ourMarks);
}

/** No annotations and an empty map of them are the same. */
function emptied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.filter(([key]) => !isPassing(key));
  return kept.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(kept);
}
