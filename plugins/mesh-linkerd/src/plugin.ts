import { MeshMode } from '@meshwright/model';
import { definePlugin, type MeshPlugin } from '@meshwright/plugin-sdk';
import { containers } from './containers.ts';
import { detect } from './detect.ts';
import { enroll, exemptPort, meshedWorkloads, outdatedWorkloads } from './enrollment.ts';
import { goldenSignals } from './golden-signals.ts';
import { leftovers } from './leftovers.ts';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { validate } from './validate.ts';
import { verify } from './verify/verify.ts';

/** Linkerd's edge releases: their whole life, from install or adoption to uninstall, with their keys. */
export const meshLinkerd: MeshPlugin = definePlugin({
  id: 'linkerd',
  displayName: 'Linkerd',
  chartRepository: 'https://helm.linkerd.io/edge',
  capabilities: {
    modes: [MeshMode.sidecar],
    enroll: true,
    mutualTls: true,
    canaryUpgrade: false,
    rotatesTrust: true,
    goldenSignals: true,
  },
  validate,
  detect: ({ cluster }) => detect(cluster),
  plan,
  render,
  verify,
  enroll,
  exemptPort,
  outdatedWorkloads: (namespaces, mesh, { cluster }) => outdatedWorkloads(namespaces, mesh, cluster),
  meshedWorkloads: (namespaces, { cluster }) => meshedWorkloads(namespaces, cluster),
  containers,
  leftovers: ({ cluster }) => leftovers(cluster),
  goldenSignals,
});
