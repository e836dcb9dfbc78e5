import { MeshMode } from '@meshwright/model';
import { type MeshPlugin, definePlugin } from '@meshwright/plugin-sdk';
import { detect } from './detect.ts';
import { enroll, meshedWorkloads, outdatedWorkloads } from './injection.ts';
import { leftovers } from './leftovers.ts';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { validate } from './validate.ts';
import { verify } from './verify/verify.ts';

/** Istio with sidecars: its whole life, from install or adoption to uninstall. */
export const meshIstio: MeshPlugin = definePlugin({
  id: 'istio',
  displayName: 'Istio',
  chartRepository: 'https://istio-release.storage.googleapis.com/charts',
  capabilities: { modes: [MeshMode.sidecar], enroll: true, mutualTls: true, canaryUpgrade: true },
  validate,
  detect: ({ cluster }) => detect(cluster),
  plan,
  render,
  verify,
  enroll,
  outdatedWorkloads: (namespaces, mesh, { cluster }) => outdatedWorkloads(namespaces, mesh, cluster),
  meshedWorkloads: (namespaces, { cluster }) => meshedWorkloads(namespaces, cluster),
  leftovers: ({ cluster }) => leftovers(cluster),
});
