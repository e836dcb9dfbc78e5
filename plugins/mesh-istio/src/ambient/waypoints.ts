import type { KubernetesObject } from '@meshwright/model';
import type { MeshChange } from '@meshwright/plugin-sdk';
import { waypointName } from './labels.ts';

/** The namespaces of a pattern that have a waypoint of their own. */
export function waypointNamespaces({ snapshot }: Pick<MeshChange, 'snapshot'>): string[] {
  return snapshot.pattern.spec.workloads
    .filter(({ enroll, waypoint }) => enroll && waypoint)
    .map(({ namespace }) => namespace);
}

/**
 * The waypoints as `istioctl waypoint apply` makes them: for the Services of the namespace, on HBONE's port. They name no
 * revision, so that they follow the tag; istiod deploys and rolls their pods.
 */
export function waypoints(change: Pick<MeshChange, 'snapshot'>): KubernetesObject[] {
  return waypointNamespaces(change).map((namespace) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: waypointName, namespace, labels: { 'istio.io/waypoint-for': 'service' } },
    spec: {
      gatewayClassName: 'istio-waypoint',
      listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }],
    },
  }));
}
