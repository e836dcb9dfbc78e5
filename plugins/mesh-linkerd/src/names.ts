import { StageKind } from '@meshwright/model';
import type { MeshStage } from '@meshwright/plugin-sdk';

/** The namespace of the control plane. */
export const systemNamespace = 'linkerd';
/** The sidecar: a container, or an init container where sidecars are native. */
export const proxyContainer = 'linkerd-proxy';
/** What says that the pods of a namespace, or a pod, get a proxy (Linkerd's proxy injection guide). */
export const injectAnnotation = 'linkerd.io/inject';

/** The optional parts a pattern may name: Linkerd's extensions. */
export const Component = { viz: 'viz', multicluster: 'multicluster' } as const;
export type Component = (typeof Component)[keyof typeof Component];

/** The charts, with the release names that Linkerd's own guides give them. */
export const charts = {
  'linkerd-crds': { releaseName: 'linkerd-crds', namespace: systemNamespace },
  'linkerd-control-plane': { releaseName: 'linkerd-control-plane', namespace: systemNamespace },
  'linkerd-viz': { releaseName: 'linkerd-viz', namespace: 'linkerd-viz' },
  'linkerd-multicluster': { releaseName: 'linkerd-multicluster', namespace: 'linkerd-multicluster' },
} as const;
export type ChartName = keyof typeof charts;
export const chartNames = Object.keys(charts) as ChartName[];

/** The chart of each component. */
export const chartOf: Readonly<Record<Component, ChartName>> = {
  [Component.viz]: 'linkerd-viz',
  [Component.multicluster]: 'linkerd-multicluster',
};

export type StageId = 'crds' | 'control-plane' | 'reissue' | 'viz' | 'multicluster' | 'verify';

/** The stages of a plan by id. Times are for a cluster that first has to pull the images. */
export const stages: Readonly<Record<StageId, MeshStage>> = {
  crds: stage('crds', 'Linkerd’s CRDs and namespace', StageKind.apply, 120),
  'control-plane': stage('control-plane', 'Linkerd’s control plane', StageKind.apply, 600),
  reissue: stage('reissue', 'Certificates of the new issuer for the control plane', StageKind.restart, 600),
  viz: stage('viz', 'Linkerd’s viz extension', StageKind.apply, 600),
  multicluster: stage('multicluster', 'Linkerd’s multicluster extension', StageKind.apply, 600),
  verify: stage('verify', 'Every enrolled workload is in the mesh', StageKind.verify, 600),
};

function stage(id: StageId, title: string, kind: StageKind, timeoutSeconds: number): MeshStage {
  return { id, title, kind, timeoutSeconds };
}
