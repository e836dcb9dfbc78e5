import { type KubernetesObject, MeshwrightError, type WorkloadSpec } from '@meshwright/model';
import type { ClusterPort } from '../ports.ts';
import { unsupported } from '../target.ts';
import { podsByNamespace } from './pods.ts';
import type { Pod } from './shapes.ts';

/** The namespaces of a pattern that join the mesh. */
export function enrolledIn(workloads: readonly WorkloadSpec[]): Set<string> {
  return new Set(workloads.filter(({ enroll }) => enroll).map(({ namespace }) => namespace));
}

/** @throws MeshwrightError UNSUPPORTED for enrolled namespaces that a mesh takes nothing in, such as its own. */
export function refuseUninjectable(
  workloads: readonly WorkloadSpec[],
  mesh: string,
  uninjectable: ReadonlySet<string>,
): void {
  const refused = [...enrolledIn(workloads)].filter((namespace) => uninjectable.has(namespace));
  if (refused.length === 0) return;
  throw unsupported(
    `${mesh} takes no workloads of the namespace ${refused.join(', ')} into the mesh.`,
    'Set enroll: false for it in the pattern.',
  );
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

/** @throws MeshwrightError PREFLIGHT_FAILED with the namespaces of these pods, where there are any. */
export function refusePods(
  pods: readonly Pod[],
  { message, remedy }: { message: string; remedy: string },
): void {
  if (pods.length === 0) return;
  throw new MeshwrightError('PREFLIGHT_FAILED', message, { lines: podsByNamespace(pods), remedy });
}
