import type { Enrollment, Pod } from '@meshwright/plugin-sdk';
import type { WorkloadSpec } from '@meshwright/model';
import { systemNamespace } from '../names.ts';

/** Takes the pods of a namespace, or one pod, into an ambient mesh; `none` leaves one out (istio/api, label). */
export const dataplaneMode = 'istio.io/dataplane-mode';
/** The waypoint that a namespace's traffic goes through, by the name of its `Gateway`. */
export const useWaypoint = 'istio.io/use-waypoint';
/** The name that Istio's own tools give the waypoint of a namespace. */
export const waypointName = 'waypoint';

/**
 * In ambient mode a label takes running pods in as they are. Injection labels contradict it: they would go on giving new
 * pods a sidecar (Istio's guide to adding workloads to an ambient mesh).
 */
export function enrollAmbient({ waypoint }: Pick<WorkloadSpec, 'waypoint'>): Enrollment {
  return {
    labels: { [dataplaneMode]: 'ambient', ...(waypoint ? { [useWaypoint]: waypointName } : {}) },
    annotations: {},
    removeLabels: ['istio-injection', 'istio.io/rev'],
  };
}

/** Whether the CNI agent sends a pod's traffic through its node's proxy: it says so on the pod once that is done. */
export function isCaptured({ metadata }: Pod): boolean {
  return metadata.annotations['ambient.istio.io/redirection'] === 'enabled';
}

/** Whether the CNI agent leaves a pod alone: it says so, or uses the network of its node. */
export function staysOut({
  metadata,
  spec,
}: Pick<Pod, 'spec'> & { metadata: { labels: Pod['metadata']['labels'] } }): boolean {
  return metadata.labels[dataplaneMode] === 'none' || spec.hostNetwork === true;
}

/** Whether a pod asks for a sidecar itself, whatever its namespace says; in an ambient mesh that is its own business. */
export function asksForSidecar({ labels }: Pod['metadata']): boolean {
  return labels['sidecar.istio.io/inject'] === 'true';
}

/** Whether a pod is a node's own proxy, whose container has the name of a sidecar's. */
export function isNodeProxy({ metadata }: Pod): boolean {
  return metadata.namespace === systemNamespace && metadata.labels.app === 'ztunnel';
}
