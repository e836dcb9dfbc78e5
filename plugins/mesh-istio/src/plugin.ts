import { MeshMode } from '@meshwright/model';
import { type MeshPlugin, definePlugin } from '@meshwright/plugin-sdk';
import { enrollAmbient } from './ambient/labels.ts';
import { containers } from './containers.ts';
import { detect } from './detect.ts';
import { goldenSignals } from './golden-signals.ts';
import {
  enroll,
  enrollAt,
  exemptPort,
  meshedWorkloads,
  outdatedWorkloads,
  sidecarWorkloads,
} from './injection.ts';
import { leftovers } from './leftovers.ts';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { validate } from './validate.ts';
import { verify } from './verify/verify.ts';

/** Istio with sidecars or in ambient mode: its whole life, from install or adoption to uninstall. */
export const meshIstio: MeshPlugin = definePlugin({
  id: 'istio',
  displayName: 'Istio',
  chartRepository: 'https://istio-release.storage.googleapis.com/charts',
  capabilities: {
    modes: [MeshMode.sidecar, MeshMode.ambient],
    enroll: true,
    mutualTls: true,
    canaryUpgrade: true,
    goldenSignals: true,
  },
  validate,
  detect: ({ cluster }) => detect(cluster),
  plan,
  render,
  verify,
  enroll: (workload, { mode }) => (mode === MeshMode.ambient ? enrollAmbient(workload) : enroll()),
  exemptPort,
  enrollAt: (revision, { mode }) => (mode === MeshMode.ambient ? undefined : enrollAt(revision)),
  outdatedWorkloads: (namespaces, mesh, { cluster }) =>
    mesh.mode === MeshMode.ambient
      ? sidecarWorkloads(namespaces, cluster)
      : outdatedWorkloads(namespaces, mesh, cluster),
  meshedWorkloads: (namespaces, { cluster }) => meshedWorkloads(namespaces, cluster),
  containers,
  leftovers: ({ cluster }) => leftovers(cluster),
  goldenSignals,
});
