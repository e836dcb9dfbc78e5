import { MeshwrightError } from '@meshwright/model';
import type { PluginContext, Verification, VerifyChange } from '@meshwright/plugin-sdk';
import { type Check, healthy } from './check.ts';
import { checkControlPlane, checkDefinitions } from './control-plane.ts';
import { checkCni, checkGateway } from './components.ts';
import { checkProxies } from './proxies.ts';
import { checkMutualTls } from './security.ts';

const checks: Record<string, Check> = {
  crds: checkDefinitions,
  cni: checkCni,
  'control-plane': checkControlPlane,
  gateway: checkGateway,
  security: checkMutualTls,
  verify: checkMesh,
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

/** The control plane again, for it may have gone since its stage, and every proxy. */
async function checkMesh(change: VerifyChange, context: PluginContext): Promise<Verification> {
  const controlPlane = await checkControlPlane(change, context);
  if (controlPlane.state !== 'healthy') return controlPlane;
  const proxies = await checkProxies(change, context);
  if (proxies.state !== 'healthy') return proxies;
  return healthy(`${proxies.note}; ${controlPlane.note}`);
}
