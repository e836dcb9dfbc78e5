import type { MeshContainers } from '@meshwright/plugin-sdk';
import { systemNamespace } from './names.ts';

/**
 * The containers of Cilium (install/kubernetes/cilium in cilium/cilium). Most requests go through programs in the kernel,
 * whose time is that of the workload's node and of no container; the agents that load them and the proxies for layer 7 are
 * on each node.
 */
export function containers(): MeshContainers {
  return {
    proxies: [
      { name: 'cilium-agent', namespace: systemNamespace, labelSelector: 'k8s-app=cilium' },
      { name: 'cilium-envoy', namespace: systemNamespace, labelSelector: 'k8s-app=cilium-envoy' },
    ],
    controlPlane: [
      { name: 'cilium-operator', namespace: systemNamespace, labelSelector: 'io.cilium/app=operator' },
      { name: 'hubble-relay', namespace: systemNamespace, labelSelector: 'k8s-app=hubble-relay' },
    ],
  };
}
