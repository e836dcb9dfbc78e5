import { MeshMode } from '@meshwright/model';
import { definePlugin, type Enrollment, type MeshPlugin } from '@meshwright/plugin-sdk';
import { containers } from './containers.ts';
import { detect } from './detect.ts';
import { unmanagedWorkloads } from './endpoints.ts';
import { leftovers } from './leftovers.ts';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { validate } from './validate.ts';
import { verify } from './verify/verify.ts';

/** A namespace needs no mark: whatever starts on a node is in the mesh. */
const nothing: Enrollment = { labels: {}, annotations: {}, removeLabels: [] };

/** Cilium as the network and the mesh of a cluster: its whole life, from install or adoption to uninstall. */
export const meshCilium: MeshPlugin = definePlugin({
  id: 'cilium',
  displayName: 'Cilium',
  chartRepository: 'https://helm.cilium.io',
  capabilities: { modes: [MeshMode.node], enroll: true, mutualTls: false, canaryUpgrade: false },
  validate,
  detect: ({ cluster }) => detect(cluster),
  plan,
  render,
  verify,
  enroll: () => nothing,
  // Nothing of it takes requests in another way than plain pods do.
  exemptPort: () => ({}),
  outdatedWorkloads: (namespaces, _mesh, { cluster }) => unmanagedWorkloads(namespaces, cluster),
  // Without it they have no network: to restart them before would help nobody.
  meshedWorkloads: () => Promise.resolve([]),
  containers,
  leftovers: ({ cluster }) => leftovers(cluster),
});
