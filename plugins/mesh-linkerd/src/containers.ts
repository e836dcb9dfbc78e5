import type { MeshContainers } from '@meshwright/plugin-sdk';
import { proxyContainer, systemNamespace } from './names.ts';

/** The containers of Linkerd's control plane, by component (its chart `linkerd-control-plane`). */
const controlPlane: Readonly<Record<string, readonly string[]>> = {
  destination: ['destination', 'sp-validator', 'policy'],
  identity: ['identity'],
  'proxy-injector': ['proxy-injector'],
};

/** The containers of Linkerd; its control plane is one, so a revision makes no difference. */
export function containers(): MeshContainers {
  return {
    proxies: [{ name: proxyContainer }],
    controlPlane: Object.entries(controlPlane).flatMap(([component, names]) =>
      names.map((name) => ({
        name,
        namespace: systemNamespace,
        labelSelector: `linkerd.io/control-plane-component=${component}`,
      })),
    ),
  };
}
