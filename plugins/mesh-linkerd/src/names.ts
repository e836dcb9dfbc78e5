import { StageKind } from '@meshwright/model';
import { stagesById } from '@meshwright/plugin-sdk';

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

/** The stages of a plan by id. Times are for a cluster that first has to pull the images. */
export const stages = stagesById({
  crds: { title: 'Linkerd’s CRDs and namespace', kind: StageKind.apply, timeoutSeconds: 120 },
  'control-plane': { title: 'Linkerd’s control plane', kind: StageKind.apply, timeoutSeconds: 600 },
  reissue: {
    title: 'Certificates of the new issuer for the control plane',
    kind: StageKind.restart,
    timeoutSeconds: 600,
  },
  viz: { title: 'Linkerd’s viz extension', kind: StageKind.apply, timeoutSeconds: 600 },
  multicluster: { title: 'Linkerd’s multicluster extension', kind: StageKind.apply, timeoutSeconds: 600 },
  verify: { title: 'Every enrolled workload is in the mesh', kind: StageKind.verify, timeoutSeconds: 600 },
});
