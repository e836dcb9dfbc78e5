import type { ObjectReference } from '@meshwright/model';
import {
  type ClusterPort,
  type Enrollment,
  isOutdated,
  type RunningWorkload,
  selectWorkloads,
} from '@meshwright/plugin-sdk';
import { injectionLabel } from './revisions.ts';
import { isManagedGateway, proxyImage, sidecarRules, type Wanted } from './sidecar.ts';
import { asksForSidecar } from './ambient/labels.ts';

const revisionLabel = 'istio.io/rev';

/**
 * The tag `default`, or the control plane without a revision, injects where `istio-injection: enabled` stands: the label
 * stays through every upgrade. It wins over `istio.io/rev`, and a namespace label of ambient mode contradicts it (Istio's
 * sidecar injection guide).
 */
export function enroll(): Enrollment {
  return {
    labels: { [injectionLabel]: 'enabled' },
    annotations: {},
    removeLabels: [revisionLabel, 'istio.io/dataplane-mode'],
  };
}

/** One control plane injects by its revision, whichever has the tag (Istio's canary upgrade guide). */
export function enrollAt(revision: string): Enrollment {
  return { labels: { [revisionLabel]: revision }, annotations: {}, removeLabels: [injectionLabel] };
}

/** The sidecar leaves the port to the pod (Istio's resource annotations). */
export function exemptPort(port: number): Record<string, string> {
  return { 'traffic.sidecar.istio.io/excludeInboundPorts': String(port) };
}

/**
 * The workloads some of whose pods are not in the mesh, or of another control plane. One that opts out restarts only to
 * get rid of a proxy from before.
 */
export async function outdatedWorkloads(
  namespaces: string[],
  wanted: Wanted,
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  const rules = sidecarRules(wanted);
  return selectUnmanaged(namespaces, cluster, (workload) => isOutdated(workload, rules));
}

/** The workloads some of whose pods have a proxy. */
export async function meshedWorkloads(
  namespaces: string[],
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  return selectUnmanaged(namespaces, cluster, ({ pods }) =>
    pods.some((pod) => proxyImage(pod) !== undefined),
  );
}

/**
 * The workloads some of whose pods have a sidecar that they did not ask for: in ambient mode they restart to leave it, for
 * a pod with a sidecar is not captured.
 */
export async function sidecarWorkloads(
  namespaces: string[],
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  return selectUnmanaged(namespaces, cluster, ({ pods }) =>
    pods.some((pod) => proxyImage(pod) !== undefined && !asksForSidecar(pod.metadata)),
  );
}

/** A workload that istiod deploys for a `Gateway` rolls by itself. */
async function selectUnmanaged(
  namespaces: string[],
  cluster: ClusterPort,
  isSelected: (workload: RunningWorkload) => boolean,
): Promise<ObjectReference[]> {
  return selectWorkloads(
    namespaces,
    cluster,
    (workload) => !isManagedGateway(workload.template) && isSelected(workload),
  );
}
