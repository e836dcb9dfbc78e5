import type { MeshContainers } from '@meshwright/plugin-sdk';
import { proxyContainer, systemNamespace } from './names.ts';

/**
 * The containers of Istio. Sidecars, gateways, waypoints and ztunnel all call theirs alike (istio/istio, manifests/charts:
 * `istio-proxy`), and a control plane has one container, `discovery`, in the pods of its revision.
 */
export function containers(revision?: string): MeshContainers {
  const rev = revision === undefined ? '' : `,istio.io/rev=${revision}`;
  return {
    proxies: [
      { name: proxyContainer },
      { name: proxyContainer, namespace: systemNamespace, labelSelector: 'app=ztunnel' },
    ],
    controlPlane: [{ name: 'discovery', namespace: systemNamespace, labelSelector: `app=istiod${rev}` }],
  };
}
