import { MeshwrightError } from '@meshwright/model';
import {
  type Check,
  healthy,
  type PluginContext,
  type Verification,
  type VerifyChange,
} from '@meshwright/plugin-sdk';
import { checkControlPlane, checkDefinitions } from './control-plane.ts';
import { checkExtension, checkInstalledExtensions } from './extensions.ts';
import { checkProxies } from './proxies.ts';
import { checkCallees, checkTrust } from './trust.ts';

const checks: Readonly<Record<string, Check>> = {
  crds: checkDefinitions,
  'control-plane': all(checkControlPlane, checkTrust, checkCallees('linkerd-control-plane')),
  reissue: checkControlPlane,
  viz: all(checkExtension('viz'), checkCallees('linkerd-viz')),
  multicluster: checkExtension('multicluster'),
  verify: all(
    checkDefinitions,
    checkControlPlane,
    checkTrust,
    checkCallees('linkerd-control-plane'),
    checkInstalledExtensions,
    checkProxies,
  ),
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
      `Linkerd has no stage "${stage}": it has ${Object.keys(checks).join(', ')}.`,
    );
  }
  return check(change, context);
}

/** One look after the other, as far as all is well; the notes newest first. */
function all(...parts: readonly Check[]): Check {
  return async (change, context) => {
    const notes: string[] = [];
    for (const check of parts) {
      const verification = await check(change, context);
      if (verification.state !== 'healthy') return verification;
      notes.unshift(verification.note);
    }
    return healthy(notes.filter((note) => note !== '').join('; '));
  };
}
