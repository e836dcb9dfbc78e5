import { StageKind } from '@meshwright/model';
import { stagesById } from '@meshwright/plugin-sdk';

/** The namespace of the control plane; also the root namespace, where mesh-wide policies lie. */
export const systemNamespace = 'istio-system';
export const gatewayNamespace = 'istio-ingress';
/** The name of the sidecar container, and of the init container where sidecars are native. */
export const proxyContainer = 'istio-proxy';

/** The optional parts a pattern may name. */
export const Component = { cni: 'cni', gateway: 'gateway' } as const;
export type Component = (typeof Component)[keyof typeof Component];

/** The charts, with the release names that Istio's own guides give them. */
export const charts = {
  base: { releaseName: 'istio-base', namespace: systemNamespace },
  istiod: { releaseName: 'istiod', namespace: systemNamespace },
  cni: { releaseName: 'istio-cni', namespace: systemNamespace },
  ztunnel: { releaseName: 'ztunnel', namespace: systemNamespace },
  gateway: { releaseName: 'istio-ingressgateway', namespace: gatewayNamespace },
} as const;
export type ChartName = keyof typeof charts;
export const chartNames = Object.keys(charts) as ChartName[];

/** The stages of a plan by id. Times are for a cluster that first has to pull the images. */
export const stages = stagesById({
  crds: { title: 'Istio’s CRDs and namespace', kind: StageKind.apply, timeoutSeconds: 120 },
  cni: { title: 'Istio’s CNI node agent', kind: StageKind.apply, timeoutSeconds: 600 },
  ztunnel: { title: 'Istio’s node proxies', kind: StageKind.apply, timeoutSeconds: 600 },
  'control-plane': { title: 'Istio’s control plane', kind: StageKind.apply, timeoutSeconds: 600 },
  tag: { title: 'Which control plane injects and validates', kind: StageKind.apply, timeoutSeconds: 120 },
  waypoints: { title: 'The waypoints of namespaces', kind: StageKind.apply, timeoutSeconds: 600 },
  gateway: { title: 'Istio’s ingress gateway', kind: StageKind.apply, timeoutSeconds: 600 },
  security: { title: 'Mesh-wide mutual TLS', kind: StageKind.apply, timeoutSeconds: 120 },
  verify: {
    title: 'Every enrolled workload is in the mesh and in sync',
    kind: StageKind.verify,
    timeoutSeconds: 600,
  },
  left: {
    title: 'No pod is captured by a node’s proxy any more',
    kind: StageKind.verify,
    timeoutSeconds: 600,
  },
});
