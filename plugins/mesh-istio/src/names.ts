import { StageKind } from '@meshwright/model';
import type { MeshStage } from '@meshwright/plugin-sdk';

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

export type StageId =
  | 'crds'
  | 'cni'
  | 'ztunnel'
  | 'control-plane'
  | 'tag'
  | 'waypoints'
  | 'gateway'
  | 'security'
  | 'verify'
  | 'left';

/** The stages of a plan by id. Times are for a cluster that first has to pull the images. */
export const stages: Record<StageId, MeshStage> = {
  crds: stage('crds', 'Istio’s CRDs and namespace', StageKind.apply, 120),
  cni: stage('cni', 'Istio’s CNI node agent', StageKind.apply, 600),
  ztunnel: stage('ztunnel', 'Istio’s node proxies', StageKind.apply, 600),
  'control-plane': stage('control-plane', 'Istio’s control plane', StageKind.apply, 600),
  tag: stage('tag', 'Which control plane injects and validates', StageKind.apply, 120),
  waypoints: stage('waypoints', 'The waypoints of namespaces', StageKind.apply, 600),
  gateway: stage('gateway', 'Istio’s ingress gateway', StageKind.apply, 600),
  security: stage('security', 'Mesh-wide mutual TLS', StageKind.apply, 120),
  verify: stage('verify', 'Every enrolled workload is in the mesh and in sync', StageKind.verify, 600),
  left: stage('left', 'No pod is captured by a node’s proxy any more', StageKind.verify, 600),
};

function stage(id: StageId, title: string, kind: StageKind, timeoutSeconds: number): MeshStage {
  return { id, title, kind, timeoutSeconds };
}
