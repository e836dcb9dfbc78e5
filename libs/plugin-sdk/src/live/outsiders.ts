import type { KubernetesObject, WorkloadSpec } from '@meshwright/model';
import type { ClusterPort } from '../ports.ts';
import type { Pod } from './shapes.ts';

/** The namespaces of a pattern that join the mesh. */
export function enrolledIn(workloads: readonly WorkloadSpec[]): Set<string> {
  return new Set(workloads.filter(({ enroll }) => enroll).map(({ namespace }) => namespace));
}

/** What is known of the namespaces that a change moves. */
export interface MovedNamespaces {
  enrolled: ReadonlySet<string>;
  /** Where only these can be let go, their names. */
  leaving?: ReadonlySet<string>;
  /** Whether Meshwright itself enrolled a namespace, which the engine restarts when it leaves. */
  isOurs: (namespace: KubernetesObject) => boolean;
}

/** Of these pods, those of namespaces that a change neither enrolls nor lets go. */
export async function unmovedPods(
  pods: readonly Pod[],
  { enrolled, leaving, isOurs }: MovedNamespaces,
  cluster: ClusterPort,
): Promise<Pod[]> {
  const outside = Map.groupBy(
    pods.filter(({ metadata }) => !enrolled.has(metadata.namespace)),
    ({ metadata }) => metadata.namespace,
  );
  const unmoved: Pod[] = [];
  for (const [name, members] of outside) {
    const namespace = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name });
    const moves = namespace !== undefined && isOurs(namespace) && leaving?.has(name) !== false;
    if (!moves) unmoved.push(...members);
  }
  return unmoved;
}
