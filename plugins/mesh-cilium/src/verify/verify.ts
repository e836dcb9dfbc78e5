import { allOf, verifyStages } from '@meshwright/plugin-sdk';
import { checkDefinitions } from './definitions.ts';
import { checkNodes } from './nodes.ts';
import { checkEndpoints } from './pods.ts';
import { checkPreFlight } from './pre-flight.ts';
import { checkHubble, checkRelease } from './release.ts';

/**
 * What `cilium status` looks at, as far as the API server knows it: agents, proxies and operator, Hubble, the kinds and the
 * nodes that Cilium keeps, and the pods that it manages. What only an agent knows of itself, such as its health in detail
 * or the state of an eBPF map, is in its readiness.
 */
const checkMesh = allOf([checkRelease, checkHubble, checkDefinitions, checkNodes, checkEndpoints], 'first');

/** Looks once whether a stage of this plugin is healthy. @throws MeshwrightError INVALID_INPUT for another stage. */
export const verify = verifyStages('Cilium', {
  'pre-flight': checkPreFlight,
  release: checkRelease,
  verify: checkMesh,
});
