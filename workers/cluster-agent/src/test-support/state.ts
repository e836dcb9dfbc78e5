import { appliedAnnotation, type ClusterClient } from '@meshwright/cluster';
import { formatReference, type KubernetesObject, referenceOf } from '@meshwright/model';

const kinds = [
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
];
/** What the cluster, its controllers and restarts write. */
const passing = new Set([
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  appliedAnnotation,
  'deployment.kubernetes.io/revision',
  'meshwright.dev/restarted-at',
  'meshwright.dev/restart-reason',
  'status',
]);

/** What people would call the state of some namespaces: their content without what the cluster writes by itself. */
export async function stateOf(
  cluster: ClusterClient,
  namespaces: readonly string[],
): Promise<Record<string, unknown>> {
  const found = await Promise.all(
    namespaces.map(async (namespace) => [
      await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
      ...(await Promise.all(kinds.map((kind) => cluster.list({ ...kind, namespace })))).flat(),
    ]),
  );
  const objects = found.flat().filter((object) => object !== undefined);
  return Object.fromEntries(
    objects
      .filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
      .map((object) => [formatReference(referenceOf(object)), lasting(object)]),
  );
}

function lasting(object: KubernetesObject): unknown {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (passing.has(key) ? undefined : emptied(value))),
  );
}

/** No annotations and an empty map of them are the same. */
function emptied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !passing.has(key));
  return kept.length === 0 && Object.keys(value).length > 0 ? undefined : Object.fromEntries(kept);
}
