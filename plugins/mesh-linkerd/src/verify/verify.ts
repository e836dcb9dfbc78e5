import { allOf, verifyStages } from '@meshwright/plugin-sdk';
import { checkControlPlane, checkDefinitions } from './control-plane.ts';
import { checkExtension, checkInstalledExtensions } from './extensions.ts';
import { checkProxies } from './proxies.ts';
import { checkCallees, checkTrust } from './trust.ts';

/** Looks once whether a stage of this plugin is healthy. @throws MeshwrightError INVALID_INPUT for another stage. */
export const verify = verifyStages('Linkerd', {
  crds: checkDefinitions,
  'control-plane': allOf([checkControlPlane, checkTrust, checkCallees('linkerd-control-plane')]),
  reissue: checkControlPlane,
  viz: allOf([checkExtension('viz'), checkCallees('linkerd-viz')]),
  multicluster: checkExtension('multicluster'),
  verify: allOf([
    checkDefinitions,
    checkControlPlane,
    checkTrust,
    checkCallees('linkerd-control-plane'),
    checkInstalledExtensions,
    checkProxies,
  ]),
});
