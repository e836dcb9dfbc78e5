import { MeshMode, MeshwrightError } from '@meshwright/model';
import {
  type Check,
  healthy,
  type PluginContext,
  type Verification,
  type VerifyChange,
} from '@meshwright/plugin-sdk';
import { checkControlPlane, checkDefinitions } from './control-plane.ts';
import { checkCaptured, checkLeft, checkWaypoints } from './ambient.ts';
import { checkGateway } from './components.ts';
import { checkCni, checkZtunnel } from './node-agents.ts';
import { checkProxies } from './proxies.ts';
import { checkMutualTls } from './security.ts';
import { checkRetiring } from './retiring.ts';
import { checkTag } from './tag.ts';

const checks: Record<string, Check> = {
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
};

/** Looks once whether a stage of this plugin is healthy. @throws MeshwrightError INVALID_INPUT for another stage. */
export async function verify(
  stage: string,
  change: VerifyChange,
  context: PluginContext,
): Promise<Verification> {
  const check = checks[stage];
  if (check === undefined) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `Istio has no stage "${stage}": it has ${Object.keys(checks).join(', ')}.`,
    );
  }
  return check(change, context);
}

/** What takes the workloads in and serves them, in the order of what needs what. */
const dataPlane = {
  [MeshMode.sidecar]: [checkProxies],
  [MeshMode.ambient]: [checkCni, checkZtunnel, checkWaypoints, checkCaptured],
};

/** The control plane and its tag again, for they may have gone since their stages, every proxy, and who is left behind. */
async function checkMesh(change: VerifyChange, context: PluginContext): Promise<Verification> {
  const notes: string[] = [];
  for (const check of [checkControlPlane, checkTag, ...dataPlaneOf(change), checkRetiring]) {
    const verification = await check(change, context);
    if (verification.state !== 'healthy') return verification;
    notes.unshift(verification.note);
  }
  return healthy(notes.filter((note) => note !== '').join('; '));
}

function dataPlaneOf({ mesh: { mode } }: VerifyChange): Check[] {
  return mode === MeshMode.ambient ? dataPlane.ambient : dataPlane.sidecar;
}
