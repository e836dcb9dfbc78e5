import { MeshMode } from '@meshwright/model';
import { allOf, type Check, type VerifyChange, verifyStages } from '@meshwright/plugin-sdk';
import { checkControlPlane, checkDefinitions } from './control-plane.ts';
import { checkCaptured, checkLeft, checkWaypoints } from './ambient.ts';
import { checkGateway } from './components.ts';
import { checkCni, checkZtunnel } from './node-agents.ts';
import { checkProxies } from './proxies.ts';
import { checkMutualTls } from './security.ts';
import { checkRetiring } from './retiring.ts';
import { checkTag } from './tag.ts';

/** What takes the workloads in and serves them, in the order of what needs what. */
const dataPlane = {
  [MeshMode.sidecar]: [checkProxies],
  [MeshMode.ambient]: [checkCni, checkZtunnel, checkWaypoints, checkCaptured],
};

/** The control plane and its tag again, for they may have gone since their stages, every proxy, and who is left behind. */
const checkMesh: Check = (change, context) =>
  allOf([checkControlPlane, checkTag, ...dataPlaneOf(change), checkRetiring])(change, context);

function dataPlaneOf({ mesh: { mode } }: VerifyChange): Check[] {
  return mode === MeshMode.ambient ? dataPlane.ambient : dataPlane.sidecar;
}

/** Looks once whether a stage of this plugin is healthy. @throws MeshwrightError INVALID_INPUT for another stage. */
export const verify = verifyStages('Istio', {
  crds: checkDefinitions,
  cni: checkCni,
  ztunnel: checkZtunnel,
  'control-plane': checkControlPlane,
  tag: checkTag,
  waypoints: checkWaypoints,
  gateway: checkGateway,
  security: checkMutualTls,
  verify: checkMesh,
  left: checkLeft,
});
