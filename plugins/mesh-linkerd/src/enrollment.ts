import type { ObjectReference } from '@meshwright/model';
import { type ClusterPort, type Enrollment, isOutdated, selectWorkloads } from '@meshwright/plugin-sdk';
import { charts, injectAnnotation, systemNamespace } from './names.ts';
import { hasProxy, isOfOtherIssuer, sidecarRules, signingNow, type Wanted } from './proxies.ts';

/** The injector takes pods of namespaces with this annotation (Linkerd's proxy injection guide). */
export function enroll(): Enrollment {
  return { labels: {}, annotations: { [injectAnnotation]: 'enabled' }, removeLabels: [] };
}

/** The proxy leaves the port to the pod (Linkerd's proxy configuration reference). */
export function exemptPort(port: number): Record<string, string> {
  return { 'config.linkerd.io/skip-inbound-ports': String(port) };
}

/**
 * The workloads some of whose pods have no proxy, or another one than wanted. One that opts out restarts only to get rid of
 * a proxy from before.
 */
export async function outdatedWorkloads(
  namespaces: readonly string[],
  wanted: Wanted,
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  const signing = await signingNow(cluster);
  const rules = sidecarRules(wanted, signing);
  return selectWorkloads(namespaces, cluster, (workload) => isOutdated(workload, rules));
}

/**
 * The parts of the control plane that must restart once a new issuer signs: they start with the issuer itself, which may
 * still be the one of before then.
 */
export async function reissuedParts(revision: string, cluster: ClusterPort): Promise<ObjectReference[]> {
  const signing = await signingNow(cluster);
  const parts = await selectWorkloads([systemNamespace], cluster, ({ pods }) =>
    pods.some((pod) => hasProxy(pod) && isOfOtherIssuer(pod, revision, signing)),
  );
  return parts.filter(({ name }) => name !== 'linkerd-identity');
}

/** The workloads some of whose pods have a proxy. */
export async function meshedWorkloads(
  namespaces: readonly string[],
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  return selectWorkloads(namespaces, cluster, ({ pods }) => pods.some(hasProxy));
}

/** Namespaces that the injector's webhook leaves out, and Linkerd's own. */
export const uninjectable: ReadonlySet<string> = new Set<string>([
  'kube-system',
  'cert-manager',
  ...Object.values(charts).map(({ namespace }) => namespace),
]);
