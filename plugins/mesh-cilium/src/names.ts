import { StageKind } from '@meshwright/model';
import { stagesById } from '@meshwright/plugin-sdk';

/** The only namespace this plugin keeps Cilium in, that of Cilium's own guides. */
export const systemNamespace = 'kube-system';
/** The only chart, which is also the release name of Cilium's guides and of its command line. */
export const chart = 'cilium';
/** The release of the check before an upgrade, as Cilium's upgrade guide calls it. */
export const preFlightRelease = 'cilium-preflight';
/** Cilium has no revisions. */
export const revision = 'default';

/** Where the agents, the operator and the settings of all are (install/kubernetes/cilium in cilium/cilium). */
export const agents = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  namespace: systemNamespace,
  name: 'cilium',
};
export const proxies = { ...agents, name: 'cilium-envoy' };
export const operator = { ...agents, kind: 'Deployment', name: 'cilium-operator' };
export const relay = { ...operator, name: 'hubble-relay' };
export const ui = { ...operator, name: 'hubble-ui' };
export const preFlightCheck = { ...agents, name: 'cilium-pre-flight-check' };
export const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: systemNamespace,
  name: 'cilium-config',
};

/** The optional parts a pattern may name. */
export const Component = {
  hubble: 'hubble',
  hubbleUi: 'hubble-ui',
  mutualAuthentication: 'mutual-authentication',
  gatewayApi: 'gateway-api',
} as const;
export type Component = (typeof Component)[keyof typeof Component];

/** Times are for one node that first has to pull the images. */
const timeoutSeconds = 600;

/** The stages of a plan by id. */
export const stages = stagesById({
  'pre-flight': {
    title: 'Check on every node that it can run the new version',
    kind: StageKind.apply,
    timeoutSeconds,
    temporary: true,
  },
  release: {
    title: 'Cilium’s agents, proxies, operator and Hubble',
    kind: StageKind.apply,
    timeoutSeconds,
  },
  verify: { title: 'Every node is in the mesh', kind: StageKind.verify, timeoutSeconds },
});
